import {
  type DescField,
  type DescMessage,
  type JsonValue,
  type MessageShape,
  ScalarType,
  toJson,
} from "@bufbuild/protobuf";

/**
 * A message as the JSON that `-o json` prints: the field names of the service contract (snake_case), every field there,
 * and 64-bit counts as numbers, which `jq` and spreadsheets can add up (the canonical form writes them as text).
 */
export function messageJson<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): JsonValue {
  return withNumbers(schema, toJson(schema, message, { useProtoFieldName: true, alwaysEmitImplicit: true }));
}

function withNumbers(schema: DescMessage, json: JsonValue): JsonValue {
  // The well-known types have JSON forms of their own.
  if (json === null || typeof json !== "object" || Array.isArray(json) || schema.typeName.startsWith("google.")) {
    return json;
  }
  const fields = new Map(schema.fields.map((field) => [field.name, field]));
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, fieldJson(fields.get(name), value)]));
}

function fieldJson(field: DescField | undefined, value: JsonValue): JsonValue {
  if (field?.message !== undefined && field.fieldKind !== "map") {
    const schema = field.message;
    return Array.isArray(value) ? value.map((item) => withNumbers(schema, item)) : withNumbers(schema, value);
  }
  return field?.scalar === ScalarType.INT64 ? Number(value) : value;
}
