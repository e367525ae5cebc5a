import type { ReactElement } from 'react';
import type { CompiledProgram } from '#core/programs/compile.ts';
import { traderPage } from '#core/programs/trader-page.ts';

/** What a trader reads: written by the parameters that judge, so that the two cannot differ. */
export function TraderPageView({ compiled }: { readonly compiled: CompiledProgram }): ReactElement {
  const page = traderPage(compiled);
  return (
    <article className="trader-page">
      <h3>{page.title}</h3>
      <p className="quiet-text">
        {page.version}. {compiled.program.note}
      </p>
      {page.phases.map(({ name, start, sections }) => (
        <section key={name}>
          <h4>{name}</h4>
          <p>{start}</p>
          {sections.map(({ title, lines }) => (
            <div key={title}>
              <h5>{title}</h5>
              <ul>
                {lines.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            </div>
          ))}
        </section>
      ))}
    </article>
  );
}
