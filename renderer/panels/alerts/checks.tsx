import type { ReactElement } from 'react';

/** Some of a list: one box each, all of them in sight. */
export function Checks({
  label,
  options,
  chosen,
  onChange,
}: {
  readonly label: string;
  readonly options: readonly (readonly [string, string])[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: string[]) => void;
}): ReactElement {
  return (
    <fieldset className="checks">
      <legend>{label}</legend>
      {options.map(([value, text]) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={(event) =>
              onChange(
                event.target.checked ? [...chosen, value] : chosen.filter((one) => one !== value),
              )
            }
          />
          {text}
        </label>
      ))}
      {options.length === 0 && <span className="quiet-text">There is none to choose.</span>}
    </fieldset>
  );
}
