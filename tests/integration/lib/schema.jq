# SPDX-License-Identifier: ISC
#
# Validate a document against a JSON schema, as far as our schema goes:
#
#	jq -r --slurpfile schema SCHEMA -f schema.jq DOCUMENT
#
# prints one line per error, nothing when there is none.  A keyword that is
# not known here is an error, so that nothing passes by being overlooked.

def known: ["$schema", "$id", "$ref", "$defs", "title", "description", "type",
    "required", "properties", "additionalProperties", "items", "enum",
    "pattern", "minimum", "maximum", "maxItems"];

def types: if type == "number" and . == floor then ["integer", "number"]
    else [type] end;

def resolve($root): . as $s | if has("$ref") then
    ($root | getpath($s["$ref"] | ltrimstr("#/") | split("/"))) +
    ($s | del(.["$ref"])) | resolve($root) else . end;

def errors($root; $raw; $path):
    . as $doc | ($raw | resolve($root)) as $s |
    (($s | keys[]) | select([.] - known != []) |
	"\($path): unknown keyword \(.)"),
    (select($s.type != null and
	([$s.type] | flatten | . - ($doc | types) | length) ==
	([$s.type] | flatten | length)) |
	"\($path): \(type) instead of \($s.type)"),
    (select(($s | has("enum")) and ([$doc] - $s.enum != [])) |
	"\($path): \(.) is none of \($s.enum)"),
    (select($s.pattern != null and type == "string") |
	select(test($s.pattern) | not) |
	"\($path): \(.) is not \($s.pattern)"),
    (select($s.minimum != null and type == "number" and . < $s.minimum) |
	"\($path): \(.) is below \($s.minimum)"),
    (select($s.maximum != null and type == "number" and . > $s.maximum) |
	"\($path): \(.) is above \($s.maximum)"),
    (select($s.maxItems != null and type == "array" and
	length > $s.maxItems) | "\($path): \(length) items"),
    (select(type == "object") | $s.required // [] | .[] |
	select(. as $key | $doc | has($key) | not) | "\($path): no \(.)"),
    (select(type == "object" and $s.additionalProperties == false) |
	keys - ($s.properties // {} | keys) | .[] |
	"\($path): \(.) is not in the schema"),
    (select(type == "object") | to_entries[] |
	($s.properties // {})[.key] as $sub | select($sub != null) |
	"\($path).\(.key)" as $at | .value | errors($root; $sub; $at)),
    (select(type == "array" and $s.items != null) | to_entries[] |
	"\($path)[\(.key)]" as $at | .value | errors($root; $s.items; $at));

errors($schema[0]; $schema[0]; "")
