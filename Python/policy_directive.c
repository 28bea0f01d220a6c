/* What does each $ entry of a policy say?

   One small reader for each directive, and the table that closes the set: a
   key that is not in it stops the start.

   Some directives are decided as a whole by the first layer that has them: a
   policy's own "$hosts" replaces the one of a file that it extends.  What a
   later layer says is read with the same care, and then forgotten.

   Readers check the shape and store the text; they do not interpret it.  That
   a directory exists, or that a target is a network, is for those who use
   it. */

#ifndef POLICY_STANDALONE
#  include "Python.h"
#endif

#include <stdio.h>
#include <string.h>

#include "pycore_policy_text.h"
#include "pycore_policy_load.h"    // last: it defines short names

typedef _PyPolicyJsonNode Node;
typedef _PyPolicyLoader Loader;


/* --- Plain values ------------------------------------------------------- */

/* A string out of a few.  Which, or -1. */
static int
read_choice(Loader *l, const Node *key, const Node *value,
            const char *const choices[2])
{
    char write[64];
    for (int i = 0; i < 2; i++) {
        if (text_is(value, choices[i])) {
            return i;
        }
    }
    snprintf(write, sizeof(write), "\"%s\" or \"%s\"", choices[0],
             choices[1]);
    if (value->kind != _PyPolicyJson_STRING) {
        return fail_type(l, key, value, write);
    }
    return fail(l, value, "bad-value", "%s is no value of %s; write %s",
                quote(l, 0, value), quote(l, 1, key), write);
}

static int
read_mode(Loader *l, const Node *key, const Node *value)
{
    const char *const choices[2] = {"enforce", "audit"};
    int choice = read_choice(l, key, value, choices);
    l->draft->settings.audit = choice == 1;
    return choice < 0 ? -1 : 0;
}

static int
read_default(Loader *l, const Node *key, const Node *value)
{
    const char *const choices[2] = {"allow", "deny"};
    int choice = read_choice(l, key, value, choices);
    l->draft->settings.deny = choice == 1;
    return choice < 0 ? -1 : 0;
}

static int
read_walk(Loader *l, const Node *key, const Node *value)
{
    const char *const choices[2] = {"application", "strict"};
    int choice = read_choice(l, key, value, choices);
    l->draft->settings.strict = choice == 1;
    return choice < 0 ? -1 : 0;
}

static int
read_log(Loader *l, const Node *key, const Node *value)
{
    if (value->kind == _PyPolicyJson_FALSE) {
        l->draft->settings.quiet = true;
        return 0;
    }
    if (value->kind != _PyPolicyJson_STRING) {
        return fail_type(l, key, value, "the name of a file, \"-\" for "
                                        "standard error, or false");
    }
    l->draft->settings.log = value->text;
    l->draft->settings.log_file = layer_of(l)->filename;
    return expect_text(l, value, "the name of the log file");
}

static int
read_version(Loader *l, const Node *key, const Node *value)
{
    if (value->kind != _PyPolicyJson_NUMBER) {
        return fail_type(l, key, value, "1");
    }
    if (strcmp(value->text, "1") != 0) {
        return fail(l, value, "bad-version", "this interpreter knows version "
                    "1 of the format only; write 1");
    }
    return 0;
}

static int
read_schema(Loader *l, const Node *key, const Node *value)
{
    return value->kind == _PyPolicyJson_STRING
           ? 0 : fail_type(l, key, value, "a string");
}

/* A string, or one for each line since JSON has no long ones. */
static int
read_comment(Loader *l, const Node *key, const Node *value)
{
    if (value->kind == _PyPolicyJson_STRING) {
        return 0;
    }
    if (value->kind != _PyPolicyJson_ARRAY) {
        return fail_type(l, key, value, "a string or a list of strings");
    }
    const Node *item = _PyPolicyJson_First(value);
    for (uint32_t i = 0; i < value->count; i++) {
        if (item->kind != _PyPolicyJson_STRING) {
            return fail(l, item, "bad-type", "found %s where a line of a "
                        "comment stands; write it as a string",
                        _PyPolicyJson_KindName(item->kind));
        }
        item = _PyPolicyJson_Next(&l->doc, item);
    }
    return 0;
}

static int
read_app(Loader *l, const Node *key, const Node *value)
{
    _PyPolicySettings *settings = &l->draft->settings;
    settings->app_file = layer_of(l)->filename;
    return expect_list(l, key, value, "a list of directories") < 0 ? -1 :
           read_texts(l, value, "the name of a directory", &settings->app);
}

static int
read_dependencies(Loader *l, const Node *key, const Node *value,
                  _PyPolicyNames *names)
{
    if (text_is(value, "*")) {
        return fail(l, value, "reserved-name", "%s cannot be everyone; write "
                    "the names of dependencies", quote(l, 0, key));
    }
    return expect_list(l, key, value, "a list of dependencies") < 0 ? -1 :
           read_principals(l, key, value, names, NULL);
}

static int
read_hosts(Loader *l, const Node *key, const Node *value)
{
    return read_dependencies(l, key, value, &l->draft->settings.hosts);
}

static int
read_loaders(Loader *l, const Node *key, const Node *value)
{
    return read_dependencies(l, key, value, &l->draft->settings.loaders);
}

static int
read_package(Loader *l, const Node *key, const Node *value)
{
    if (text_is(key, "*") || text_is(key, "__main__")) {
        return fail(l, key, "reserved-name", "%s is no dependency, and only "
                    "dependencies have packages; write the name of one",
                    quote(l, 0, key));
    }
    if (check_name(l, key, _PyPolicyName_PRINCIPAL) < 0) {
        return -1;
    }
    _PyPolicyPackage *package = &l->draft->packages[l->draft->n_packages++];
    package->name = key->text;
    return read_dependencies(l, key, value, &package->names);
}

static int
read_packages(Loader *l, const Node *key, const Node *value)
{
    if (value->kind != _PyPolicyJson_OBJECT) {
        return fail_type(l, key, value, "an object of lists, like "
                                        "{\"requests\": [\"urllib3\"]}");
    }
    _PyPolicyDraft *draft = l->draft;
    _PyPolicyPackage *packages = grow(l, draft->packages, draft->n_packages,
                                      value->count, sizeof(*packages));
    if (packages == NULL) {
        return -1;
    }
    draft->packages = packages;
    return read_members(l, value, read_package);
}

/* Shape only: the files are read when the rest of this one has been. */
static int
read_extends(Loader *l, const Node *key, const Node *value)
{
    if (expect_list(l, key, value, "a list of files") < 0) {
        return -1;
    }
    const Node *item = _PyPolicyJson_First(value);
    for (uint32_t i = 0; i < value->count; i++) {
        if (expect_text(l, item, "the name of a policy") < 0) {
            return -1;
        }
        if (text_is(item, "builtin:")) {
            return fail(l, item, "empty-name", "\"builtin:\" names no preset;"
                        " write \"builtin:NAME\"");
        }
        item = _PyPolicyJson_Next(&l->doc, item);
    }
    l->extends = value;
    return 0;
}


/* --- The table ---------------------------------------------------------- */

static const struct {
    const char *name;
    _PyPolicyReader read;
    bool whole;                 /* the first layer that has it decides */
} directives[] = {
    {"$app", read_app, true},
    {"$comment", read_comment, false},
    {"$default", read_default, true},
    {"$extends", read_extends, false},
    {"$hosts", read_hosts, true},
    {"$loaders", read_loaders, true},
    {"$log", read_log, true},
    {"$mode", read_mode, true},
    {"$packages", read_packages, false},
    {"$permissions", _PyPolicyPermissions_Read, false},
    {"$schema", read_schema, false},
    {"$version", read_version, false},
    {"$walk", read_walk, true},
};

#define N_DIRECTIVES (sizeof(directives) / sizeof(directives[0]))

const char *
_PyPolicyDirective_Nearest(const char *text)
{
    const char *names[N_DIRECTIVES + 1];
    for (size_t i = 0; i < N_DIRECTIVES; i++) {
        names[i] = directives[i].name;
    }
    names[N_DIRECTIVES] = NULL;
    return _PyPolicyText_Nearest(text, names);
}

static int
fail_directive(Loader *l, const Node *key)
{
    const char *meant = _PyPolicyDirective_Nearest(key->text);
    if (meant != NULL) {
        return fail(l, key, "unknown-directive", "%s is no directive; did "
                    "you mean \"%s\"?", quote(l, 0, key), meant);
    }
    char all[256] = "";
    for (size_t i = 0; i < N_DIRECTIVES; i++) {
        size_t at = strlen(all);
        snprintf(all + at, sizeof(all) - at, "%s%s", i > 0 ? ", " : "",
                 directives[i].name);
    }
    return fail(l, key, "unknown-directive", "%s is no directive; write one "
                "of %s", quote(l, 0, key), all);
}

/* What is decided as a whole is all in the settings, and a reader changes
   only what is its own there. */
static int
read_directive(Loader *l, size_t i, const Node *key, const Node *value)
{
    const _PyPolicySettings kept = l->draft->settings;
    bool decided = directives[i].whole && (*l->decided >> i & 1);
    *l->decided |= 1u << i;
    int result = directives[i].read(l, key, value);
    if (decided) {
        l->draft->settings = kept;
    }
    return result;
}

int
_PyPolicyDirective_Read(Loader *l, const Node *key, const Node *value)
{
    for (size_t i = 0; i < N_DIRECTIVES; i++) {
        if (text_is(key, directives[i].name)) {
            return read_directive(l, i, key, value);
        }
    }
    return fail_directive(l, key);
}
