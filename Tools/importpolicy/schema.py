#!/usr/bin/env python3
"""Write Lib/importpolicy/policy.schema.json: the JSON Schema of policy.json.

    schema.py             write it
    schema.py --check     is it what would be written?

Names of audit events come from events.txt, by way of _events.py.  What a
schema cannot say (that a key stands there twice, that a target could hold
nothing) is left to the interpreter, which says it when it starts.
"""

import importlib.util
import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
OUTPUT = os.path.join(ROOT, "Lib", "importpolicy", "policy.schema.json")

# What cannot be seen, in the basic plane; policy_text.c has all of it.
HIDDEN = (r"\u0000-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680"
          r"\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f"
          r"\u2800\u3000\u3164\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0"
          r"\ufff0-\ufffb\ufffe\uffff")
SEEN = rf"(?![^{HIDDEN}]*[{HIDDEN}])"

# An identifier, as far as a pattern can tell: a letter of any script first.
WORD = r"[A-Za-z_\u0080-\uffff][0-9A-Za-z_\u0080-\uffff]*"
DOTTED = rf"{WORD}(\.{WORD})*"

MODULE = rf"^{SEEN}(?!builtins\.[^.]*\.)(?!__main__$){DOTTED}$"
PATH = r"(/(?!\.{1,2}(/|$))[^/]+)+"
PRINCIPAL = rf"^{SEEN}({DOTTED}|{PATH}|[^/]+\.pth)$"

CAPABILITIES = {
    "net": ("Sockets and name resolution.", "host",
            ["api.example.com:443", "*.example.com", "10.0.0.0/8",
             "localhost:8000", "unix:/run/x.sock"]),
    "read": ("Opening, listing and asking about files.", "path",
             ["$APP", "$HOME/.netrc", "/srv/data/*.csv"]),
    "write": ("Opening, linking, renaming, removing and changing files.",
              "path", ["$TMP", "$APP/out"]),
    "run": ("Starting processes.", "program", ["git", "$PREFIX/bin/python"]),
    "env": ("Environment variables.", "variable", ["HTTP_PROXY", "AWS_*"]),
    "ffi": ("Native code: extension modules outside the standard library, "
            "ctypes, code objects from raw parts.", "module",
            ["numpy", "libpq.so.5"]),
    "patch": ("Changing what is somebody else's.", "module", ["ssl"]),
    "sys": ("Signals, limits, identities, the current directory.", "event",
            ["os.kill", "signal.*"]),
}
TARGETLESS = {
    "code": "Making code from strings.",
    "introspect": "Frames, objects and the like of others.",
}


def events():
    path = os.path.join(ROOT, "Lib", "importpolicy", "_events.py")
    spec = importlib.util.spec_from_file_location("_events", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.EVENTS


def names(description, **more):
    return {"type": "array", "items": {"$ref": "#/$defs/dependency"},
            "description": description} | more


def targets(kind, description, examples):
    return {
        "description": description,
        "anyOf": [
            {"const": True, "description": "All of it."},
            {"const": False, "description": "None of it."},
            {"type": "array", "items": {"$ref": f"#/$defs/{kind}"},
             "description": "What the list holds; \"!TARGET\" excludes.",
             "examples": [examples]},
        ],
    }


def kind_of(event):
    """The kind of the targets of an event."""
    if event.capability in CAPABILITIES:
        return CAPABILITIES[event.capability][1]
    return "name"


def capability_properties():
    properties = {name: targets(kind, description, examples)
                  for name, (description, kind, examples)
                  in CAPABILITIES.items()}
    properties |= {name: {"type": "boolean", "description": description}
                   for name, description in TARGETLESS.items()}
    for event in events():
        properties[event.name] = {
            "$ref": f"#/$defs/event-{kind_of(event)}",
            "description": f"The audit event alone"
                           + (f" ({event.capability})."
                              if event.capability else "."),
        }
    return properties


def definitions():
    text = {"type": "string", "minLength": 1}
    target = text | {"maxLength": 4096}
    path = (r"(/|\$(APP|PKG|TMP|HOME|PREFIX)(/|$))(?!.*[\[\]{}])")
    some = rf"^!?(?!!){SEEN}"
    kinds = {
        "host": (target | {"pattern": some + r"(?!.*://)[^ ]+$"},
                 "A host, an address or a network, with a port behind a colon"
                 " or without; or unix:PATH."),
        "path": (target | {"pattern": rf"{some}{path}"},
                 "An absolute path, or one from $APP, $PKG, $TMP, $HOME or "
                 "$PREFIX.  A directory stands for all below it; * and ? "
                 "stop at a slash, ** does not."),
        "program": (target | {"pattern": rf"{some}({path}|[^ /\[\]]+$)"},
                    "A program's name, looked up on the PATH, or a path."),
        "variable": (target | {"pattern": some + r"[^ =\[\]]+$"},
                     "A variable's name; * stands for any characters, ? for "
                     "one."),
        "module": (target | {"pattern":
                   rf"{some}({path}|(?!.*\.\.)[^ /\[\]<>=~-]+$"
                   r"|[^ /\[\]]*(\.so|\.dylib|\.dll)[^ /\[\]]*$)"},
                   "A module with all below it, or the name or the path of a "
                   "library."),
        "event": (target | {"anyOf": [
            {"enum": [sign + event.name for event in events()
                      for sign in ("", "!")]},
            {"pattern": some + r"[^ ()]*[*?][^ ()]*$"}]},
                  "An audit event; * stands for any characters, ? for one."),
        "name": (target, "A name."),
    }
    found = {
        "dependency": text | {
            "maxLength": 4096, "pattern": PRINCIPAL,
            "not": {"enum": ["*", "__main__"]},
            "description": "A dependency, by its top-level import package "
                           "(yaml, not PyYAML); or a path; or NAME.pth.",
            "examples": ["requests", "google.cloud.storage"]},
        "principal": {
            "anyOf": [{"const": "__main__", "description":
                       "The application."},
                      {"$ref": "#/$defs/dependency"}]},
        "rule": {
            "description": "Who may import the module, or call the builtin.",
            "anyOf": [
                {"const": "*", "description": "Everyone."},
                {"type": "array", "items": {"$ref": "#/$defs/principal"},
                 "examples": [["requests", "__main__"], []]}]},
        "permissions": {
            "anyOf": [
                {"const": True, "description": "Everything."},
                {"type": "object", "properties": capability_properties(),
                 "additionalProperties": False}]},
    }
    for name, (schema, description) in kinds.items():
        found[name] = schema | {"description": description}
        found[f"event-{name}"] = targets(name, "", [])
        del found[f"event-{name}"]["description"]
        del found[f"event-{name}"]["anyOf"][2]["examples"]
    return found


def schema():
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Import policy",
        "description": "Who may import what, and do what. Keys are names of "
                       "modules; keys that begin with $ are directives.",
        "type": "object",
        "properties": {
            "$version": {"const": 1, "description":
                         "The version of the format."},
            "$schema": {"type": "string", "description": "For editors."},
            "$comment": {
                "description": "For readers: a string, or one for each line.",
                "anyOf": [{"type": "string"},
                          {"type": "array", "items": {"type": "string"}}]},
            "$default": {
                "enum": ["allow", "deny"], "default": "allow",
                "description": "What no entry of $permissions names: free, "
                               "or in need of a grant."},
            "$walk": {
                "enum": ["application", "strict"], "default": "application",
                "description": "strict: who stands on the stack beyond the "
                               "application answers as well."},
            "$mode": {
                "enum": ["enforce", "audit"], "default": "enforce",
                "description": "audit: log what would be refused, and refuse "
                               "nothing."},
            "$log": {
                "description": "A file for a record of each refusal, \"-\" "
                               "for standard error, false for silence.",
                "anyOf": [{"type": "string", "minLength": 1},
                          {"const": False}],
                "examples": ["refused.jsonl", "-"]},
            "$extends": {
                "type": "array",
                "items": {"type": "string", "minLength": 1,
                          "not": {"const": "builtin:"}},
                "description": "Further policies; what this file says wins.",
                "examples": [["builtin:baseline"], ["builtin:strict"]]},
            "$app": {
                "type": "array", "items": {"type": "string", "minLength": 1},
                "description": "More directories with code of the "
                               "application, from the policy's."},
            "$hosts": names("Dependencies that call everyone, and are passed "
                            "over when it is asked who acts.",
                            examples=[["gunicorn"]]),
            "$loaders": names("Dependencies that are trusted to load or "
                              "rebuild the code of others.",
                              examples=[["_pytest", "coverage"]]),
            "$packages": {
                "type": "object",
                "propertyNames": {"$ref": "#/$defs/dependency"},
                "additionalProperties": names(
                    "Who inherits what it is granted: exactly these."),
                "description": "Ancestry, in place of what the metadata "
                               "says.",
                "examples": [{"requests": ["urllib3", "idna"]}]},
            "$permissions": {
                "type": "object",
                "propertyNames": {
                    "anyOf": [{"enum": ["*", "__main__"]},
                              {"$ref": "#/$defs/dependency"}]},
                "additionalProperties": {"$ref": "#/$defs/permissions"},
                "description": "Who may do what: true, or an object of "
                               "capabilities and audit events.",
                "examples": [{"requests": {"net": ["*.example.com:443"]},
                              "*": {"run": False}}]},
        },
        "patternProperties": {r"^[^$]": {"$ref": "#/$defs/rule"}},
        "propertyNames": {"anyOf": [
            {"pattern": r"^\$"},
            {"pattern": MODULE, "maxLength": 4096}]},
        "additionalProperties": False,
        "examples": [{"socket": ["requests"]},
                     {"$default": "deny", "$permissions": {
                         "requests": {"net": ["api.example.com:443"]}}}],
        "$defs": definitions(),
    }


def main():
    text = json.dumps(schema(), indent=2, ensure_ascii=True) + "\n"
    if "--check" in sys.argv[1:]:
        with open(OUTPUT) as file:
            if file.read() != text:
                sys.exit("schema.py: policy.schema.json is out of date; run "
                         "Tools/importpolicy/schema.py")
        return
    with open(OUTPUT, "w") as file:
        file.write(text)


if __name__ == "__main__":
    main()
