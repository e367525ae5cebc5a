import { useState, type ReactElement } from 'react';
import { DENSITIES, THEMES, usePreferences } from '../store/preferences.ts';
import { Sheet } from '../ui/sheet.tsx';
import {
  addWorkspace,
  removeWorkspace,
  renameWorkspace,
  resetLayout,
  setArranging,
  TITLE_MAX,
  titleOf,
  undoLayout,
  useDock,
} from './dock-control.ts';
import { openOverlay } from '../store/overlay.ts';
import { THEME_TEXT } from './palette-items.ts';

const DENSITY_TEXT = { compact: 'Compact', normal: 'Normal', roomy: 'Roomy' } as const;

/** How it looks, and what the workspace on screen is called; all of it this person's alone. */
export function Settings(): ReactElement {
  const { theme, density, still, localNumbers, set } = usePreferences();
  return (
    <Sheet small label="How it looks">
      <header className="panel-head">
        <h2>How it looks</h2>
        <span className="spacer" />
        <button type="button" className="quiet" onClick={() => openOverlay(null)}>
          Close (Esc)
        </button>
      </header>
      <div className="settings">
        <Choices
          legend="Theme"
          name="theme"
          chosen={theme}
          choices={THEMES}
          words={THEME_TEXT}
          onChoose={(chosen) => set({ theme: chosen })}
        />
        <Choices
          legend="Density"
          name="density"
          chosen={density}
          choices={DENSITIES}
          words={DENSITY_TEXT}
          onChoose={(chosen) => set({ density: chosen })}
        />
        <label>
          <input
            type="checkbox"
            checked={still}
            onChange={(event) => set({ still: event.target.checked })}
          />
          Nothing moves or flashes by itself
        </label>
        <label>
          <input
            type="checkbox"
            checked={localNumbers}
            onChange={(event) => set({ localNumbers: event.target.checked })}
          />
          Numbers as this machine’s language writes them; what is exported stays the same
        </label>
        <p className="quiet-text">
          Larger and smaller: Ctrl + and Ctrl −, back with Ctrl 0, from 80 to 200 %.
        </p>
        <ThisWorkspace />
      </div>
    </Sheet>
  );
}

function Choices<Choice extends string>(props: {
  readonly legend: string;
  readonly name: string;
  readonly chosen: Choice;
  readonly choices: readonly Choice[];
  readonly words: Readonly<Record<Choice, string>>;
  readonly onChoose: (choice: Choice) => void;
}): ReactElement {
  const { legend, name, chosen, choices, words, onChoose } = props;
  return (
    <fieldset className="checks">
      <legend>{legend}</legend>
      {choices.map((choice) => (
        <label key={choice}>
          <input
            type="radio"
            name={name}
            checked={choice === chosen}
            onChange={() => onChoose(choice)}
          />
          {words[choice]}
        </label>
      ))}
    </fieldset>
  );
}

function ThisWorkspace(): ReactElement {
  const { workspace, canUndo, arranging } = useDock();
  const own = usePreferences(({ workspaces }) => workspaces.own.includes(workspace));
  const [title, setTitle] = useState(titleOf(workspace));
  return (
    <section>
      <h3>This workspace</h3>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          renameWorkspace(workspace, title);
          setTitle(titleOf(workspace));
        }}
      >
        <input
          aria-label="Name of this workspace"
          maxLength={TITLE_MAX}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
        <button type="submit">Rename</button>
      </form>
      <p className="row">
        <button type="button" onClick={resetLayout}>
          Reset
        </button>
        <button type="button" disabled={!canUndo} onClick={undoLayout}>
          Undo the last step
        </button>
        <button type="button" aria-pressed={arranging} onClick={() => setArranging(!arranging)}>
          Arrange panels
        </button>
        <button type="button" onClick={() => addWorkspace(`My ${titleOf(workspace)}`)}>
          New from this one
        </button>
        {own && (
          <button type="button" onClick={() => removeWorkspace(workspace)}>
            Remove
          </button>
        )}
      </p>
    </section>
  );
}
