import { useId, type ReactElement } from 'react';

/** The part of JSON Schema that parameters of rules come in. */
export interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
}

interface FieldProps {
  readonly schema: Schema;
  readonly value: unknown;
  readonly name: string;
  readonly required: boolean;
  readonly onChange: (value: unknown) => void;
}

/** A form for any parameters: nothing here knows a rule kind. */
export function SchemaForm({
  schema,
  value,
  onChange,
}: {
  readonly schema: Schema;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}): ReactElement {
  const record = (value ?? {}) as Record<string, unknown>;
  return (
    <div className="form">
      {Object.entries(schema.properties ?? {}).map(([name, field]) => (
        <Field
          key={name}
          name={name}
          schema={field}
          value={record[name]}
          required={schema.required?.includes(name) ?? false}
          onChange={(next) => onChange(put(record, name, next))}
        />
      ))}
    </div>
  );
}

function put(record: Record<string, unknown>, name: string, next: unknown): unknown {
  const { [name]: _before, ...rest } = record;
  return next === undefined ? rest : { ...rest, [name]: next };
}

function Field(props: FieldProps): ReactElement | null {
  const { schema, name, value } = props;
  const id = useId();
  if (isEmpty(schema)) return null;
  if (schema.anyOf) return <Variants {...props} />;
  if (schema.properties) {
    return (
      <fieldset>
        <legend>{words(name)}</legend>
        {value === undefined && !props.required ? (
          <button type="button" onClick={() => props.onChange(sampleOf(schema))}>
            Add
          </button>
        ) : (
          <>
            <SchemaForm schema={schema} value={value} onChange={props.onChange} />
            {!props.required && <Remove name={name} onRemove={() => props.onChange(undefined)} />}
          </>
        )}
      </fieldset>
    );
  }
  if (schema.items) return <List {...props} />;
  return (
    <p className="field">
      <label htmlFor={id}>{words(name)}</label>
      <Input {...props} id={id} />
    </p>
  );
}

/** What a firm cannot choose: a rule that hints at intent always asks for a person. */
function isEmpty(schema: Schema): boolean {
  return schema.const !== undefined || Object.keys(schema).length === 0;
}

function Input({
  id,
  schema,
  value,
  onChange,
}: FieldProps & { readonly id: string }): ReactElement {
  const shown = value ?? schema.default;
  if (schema.enum) {
    return (
      <select
        id={id}
        value={shown === undefined ? '' : String(shown)}
        onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
      >
        {shown === undefined && <option value="">choose</option>}
        {schema.enum.map((option) => (
          <option key={option} value={option}>
            {words(option)}
          </option>
        ))}
      </select>
    );
  }
  if (schema.type === 'boolean') {
    return (
      <input
        id={id}
        type="checkbox"
        checked={shown === true}
        onChange={(event) => onChange(event.target.checked)}
      />
    );
  }
  const numeric = schema.type === 'integer' || schema.type === 'number';
  return (
    <input
      id={id}
      inputMode="decimal"
      autoComplete="off"
      value={shown === undefined ? '' : String(shown as string | number)}
      onChange={(event) => {
        const text = event.target.value;
        if (text === '') onChange(undefined);
        else onChange(numeric && /^-?\d+$/.test(text) ? Number(text) : text);
      }}
    />
  );
}

/** One of several shapes: chosen by a list, then filled in. */
function Variants({ schema, name, value, required, onChange }: FieldProps): ReactElement {
  const id = useId();
  const variants = schema.anyOf ?? [];
  const chosen = variants.findIndex((variant) => fits(variant, value));
  const variant = variants[chosen];
  return (
    <fieldset>
      <legend>{words(name)}</legend>
      <p className="field">
        <label htmlFor={id}>given as</label>
        <select
          id={id}
          value={chosen}
          onChange={(event) => {
            const next = variants[Number(event.target.value)];
            onChange(next ? sampleOf(next) : undefined);
          }}
        >
          {(!required || chosen < 0) && <option value={-1}>not at all</option>}
          {variants.map((one, at) => (
            <option key={variantName(one)} value={at}>
              {variantName(one)}
            </option>
          ))}
        </select>
      </p>
      {variant && !variant.properties && !isEmpty(variant) && (
        <Field schema={variant} name={name} value={value} required onChange={onChange} />
      )}
      {variant?.properties && <SchemaForm schema={variant} value={value} onChange={onChange} />}
    </fieldset>
  );
}

function List({ schema, name, value, onChange }: FieldProps): ReactElement {
  const items = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const item = schema.items ?? {};
  return (
    <fieldset>
      <legend>{words(name)}</legend>
      {items.map((one, at) => (
        // eslint-disable-next-line react/no-array-index-key -- items of a list have no other name
        <div key={at} className="list-item">
          <Field
            schema={item}
            name={`${name} ${at + 1}`}
            value={one}
            required
            onChange={(next) =>
              onChange(items.map((other, place) => (place === at ? next : other)))
            }
          />
          <Remove
            name={`${name} ${at + 1}`}
            onRemove={() => onChange(items.filter((_other, place) => place !== at))}
          />
        </div>
      ))}
      <button type="button" onClick={() => onChange([...items, sampleOf(item)])}>
        Add {words(name)}
      </button>
    </fieldset>
  );
}

function Remove({
  name,
  onRemove,
}: {
  readonly name: string;
  readonly onRemove: () => void;
}): ReactElement {
  return (
    <button type="button" className="quiet" aria-label={`Remove ${words(name)}`} onClick={onRemove}>
      Remove
    </button>
  );
}

/** A value to begin with: what is required, empty, so that validation says what is missing. */
export function sampleOf(schema: Schema): unknown {
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return sampleOf(schema.anyOf[0] ?? {});
  if (schema.properties) {
    const required = schema.required ?? [];
    return Object.fromEntries(
      required.map((name) => [name, sampleOf(schema.properties?.[name] ?? {})]),
    );
  }
  if (schema.type === 'array') return [];
  if (schema.type === 'boolean') return false;
  return schema.type === 'integer' ? (schema.minimum ?? 0) : '';
}

function fits(schema: Schema, value: unknown): boolean {
  if (value === undefined) return false;
  if (schema.const !== undefined) return value === schema.const;
  if (schema.enum) return schema.enum.includes(String(value));
  if (schema.properties) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    return (schema.required ?? []).every((name) => name in value);
  }
  if (schema.type === 'array') return Array.isArray(value);
  return typeof value === 'string' || typeof value === 'number';
}

function variantName(schema: Schema): string {
  if (schema.const !== undefined) return words(String(schema.const));
  if (schema.enum) return schema.enum.map(words).join(' / ');
  if (schema.properties) return (schema.required ?? []).map(words).join(' and ');
  return schema.type === 'array' ? 'a list' : 'one value';
}

/** "dayStartBalance" → "day start balance". */
export function words(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}
