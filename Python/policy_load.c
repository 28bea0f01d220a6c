/* Is this file a policy, and if not, what should be written instead?

   policy_json.c says where the JSON is; this file checks that it means
   something, and fills the tables that policy.c freezes.  Between the two
   there is no third result: a policy, or one error with its place, its code
   and a sentence that ends in what to write.  An interpreter never starts on
   half a policy, so nothing is skipped, guessed or corrected here.

   The top level is one loop.  A key that begins with $ is a directive and
   goes to policy_directive.c; any other is a module with its list.  What this
   version knows but does not enforce is checked like the rest, and refused
   when all else is right: to ignore it would let the reader of the file
   believe in a protection that is not there.

   What a name may look like is policy_name.c's knowledge.

   Strings are not copied.  The draft takes over the buffer into which the
   JSON parser unescaped them, and all tables point into that. */

#ifdef POLICY_STANDALONE
#  include <stdlib.h>
#  define PyMem_RawMalloc malloc
#  define PyMem_RawCalloc calloc
#  define PyMem_RawFree free
#else
#  include "Python.h"
#endif

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pycore_policy_text.h"
#include "pycore_policy_load.h"    // last: it defines short names

typedef _PyPolicyJsonNode Node;
typedef _PyPolicyLoader Loader;


/* --- Errors ------------------------------------------------------------- */

static void
set_no_memory(_PyPolicyError *error)
{
    *error = (_PyPolicyError){.code = "no-memory"};
}

/* Every error is put into words here: FILE:LINE:COLUMN: what.  A file name
   is escaped as well, since whoever makes a folder can choose it. */
static void
set_error(_PyPolicyError *error, const char *filename, int line, int column,
          const char *code, const char *what)
{
    size_t name_size = strlen(filename) * 6 + 16;
    size_t size = name_size + strlen(what) + 32;
    char *message = PyMem_RawMalloc(size);
    if (message == NULL) {
        set_no_memory(error);
        return;
    }
    _PyPolicyText_Escape(message, name_size, filename, strlen(filename));
    size_t at = strlen(message);
    snprintf(message + at, size - at, ":%d:%d: %s", line, column, what);
    *error = (_PyPolicyError){.line = line, .column = column,
                              .message = message};
    snprintf(error->code, sizeof(error->code), "%s", code);
}

/* An error at a node.  Always -1. */
int
fail(Loader *l, const Node *at, const char *code, const char *format, ...)
{
    char what[_PyPolicy_MAX_QUOTED * 3 + 512];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    set_error(l->error, l->draft.filename, (int)at->line, (int)at->column,
              code, what);
    return -1;
}

int
fail_memory(Loader *l)
{
    set_no_memory(l->error);
    return -1;
}

/* The text of a node, for a message that shows at most two: which is 0 or
   1. */
const char *
quote(Loader *l, int which, const Node *node)
{
    return _PyPolicyText_Quote(l->quoted[which], sizeof(l->quoted[which]),
                               node->text, node->count);
}

bool
text_is(const Node *node, const char *text)
{
    return node->kind == _PyPolicyJson_STRING &&
           strlen(text) == node->count &&
           memcmp(node->text, text, node->count) == 0;
}

/* The value of a key should be something else. */
int
fail_type(Loader *l, const Node *key, const Node *value, const char *write)
{
    return fail(l, value, "bad-type", "the value of %s is %s; write %s",
                quote(l, 0, key), _PyPolicyJson_KindName(value->kind), write);
}


/* --- Lists -------------------------------------------------------------- */

/* Is the value of the key a list?  One name alone is the likeliest slip. */
int
expect_list(Loader *l, const Node *key, const Node *value, const char *write)
{
    if (value->kind == _PyPolicyJson_ARRAY) {
        return 0;
    }
    if (value->kind != _PyPolicyJson_STRING) {
        return fail_type(l, key, value, write);
    }
    const char *name = value->count > 0 ? quote(l, 1, value) : "";
    return fail(l, value, "not-a-list", "the value of %s is a string; write "
                "a list: [%s]", quote(l, 0, key), name);
}

/* Is it a string, and not an empty one? */
int
expect_text(Loader *l, const Node *item, const char *thing)
{
    if (item->kind != _PyPolicyJson_STRING) {
        return fail(l, item, "bad-type", "found %s where %s stands; write "
                    "it as a string", _PyPolicyJson_KindName(item->kind),
                    thing);
    }
    if (item->count == 0) {
        return fail(l, item, "empty-name", "%s is empty; write it or remove "
                    "the entry", thing);
    }
    return 0;
}

int
check_name(Loader *l, const Node *node, _PyPolicyNameKind kind)
{
    char code[32], what[_PyPolicyName_MAX_WHAT];
    if (_PyPolicyName_Check(kind, node->text, node->count, code, what) < 0) {
        return fail(l, node, code, "%s", what);
    }
    return 0;
}

static void
append(Loader *l, _PyPolicyNames *names, const Node *item)
{
    l->draft.pool[l->draft.n_pool++] = item->text;
    names->n++;
}

static void
begin_names(Loader *l, _PyPolicyNames *names)
{
    *names = (_PyPolicyNames){.first = l->draft.n_pool};
}

/* One item of a list of principals.  Where the application may be listed,
   *application notes it. */
static int
read_principal(Loader *l, const Node *key, const Node *item,
               _PyPolicyNames *names, bool *application)
{
    if (expect_text(l, item, "a name") < 0) {
        return -1;
    }
    if (text_is(item, "*") && application != NULL) {
        return fail(l, item, "star-in-list", "\"*\" is everyone and stands "
                    "alone; write %s: \"*\", or the names without it",
                    quote(l, 0, key));
    }
    if (text_is(item, "__main__") && application != NULL) {
        *application = true;
        return 0;
    }
    if (text_is(item, "*") || text_is(item, "__main__")) {
        return fail(l, item, "reserved-name", "%s is no dependency; write "
                    "the names of dependencies in the list of %s",
                    quote(l, 0, item), quote(l, 1, key));
    }
    if (check_name(l, item, _PyPolicyName_PRINCIPAL) < 0) {
        return -1;
    }
    append(l, names, item);
    return 0;
}

/* A list of principals, which the value is already known to be. */
int
read_principals(Loader *l, const Node *key, const Node *list,
                _PyPolicyNames *names, bool *application)
{
    begin_names(l, names);
    const Node *item = _PyPolicyJson_First(list);
    for (uint32_t i = 0; i < list->count; i++) {
        if (read_principal(l, key, item, names, application) < 0) {
            return -1;
        }
        item = _PyPolicyJson_Next(&l->doc, item);
    }
    return 0;
}

int
read_texts(Loader *l, const Node *list, const char *thing,
           _PyPolicyNames *names)
{
    begin_names(l, names);
    const Node *item = _PyPolicyJson_First(list);
    for (uint32_t i = 0; i < list->count; i++) {
        if (expect_text(l, item, thing) < 0) {
            return -1;
        }
        append(l, names, item);
        item = _PyPolicyJson_Next(&l->doc, item);
    }
    return 0;
}

int
read_members(Loader *l, const Node *object, _PyPolicyReader read)
{
    const Node *key = _PyPolicyJson_First(object);
    for (uint32_t i = 0; i < object->count; i++) {
        const Node *value = _PyPolicyJson_Next(&l->doc, key);
        if (read(l, key, value) < 0) {
            return -1;
        }
        key = _PyPolicyJson_Next(&l->doc, value);
    }
    return 0;
}


/* --- The top level ------------------------------------------------------ */

/* The value of a module key is neither a list nor a string.  Perhaps the key
   is a directive whose $ was forgotten. */
static int
fail_rule(Loader *l, const Node *key, const Node *value)
{
    char name[32];
    snprintf(name, sizeof(name), "$%.30s", key->text);
    const char *meant = _PyPolicyDirective_Nearest(name);
    if (meant == NULL) {
        return fail_type(l, key, value, "a list of names, [] for nobody or "
                                        "\"*\" for everyone");
    }
    return fail(l, value, "bad-type", "the value of %s, a module, is %s; "
                "write a list of names, or did you mean \"%s\"?",
                quote(l, 0, key), _PyPolicyJson_KindName(value->kind), meant);
}

static int
read_rule(Loader *l, const Node *key, const Node *value)
{
    if (check_name(l, key, _PyPolicyName_MODULE) < 0) {
        return -1;
    }
    _PyPolicyRule *rule = &l->draft.rules[l->draft.n_rules++];
    rule->key = key->text;
    rule->key_len = key->count;
    rule->line = (int)key->line;
    rule->column = (int)key->column;
    rule->names = l->draft.pool;
    rule->everyone = text_is(value, "*");
    if (rule->everyone) {
        return 0;
    }
    if (value->kind != _PyPolicyJson_STRING &&
        value->kind != _PyPolicyJson_ARRAY) {
        return fail_rule(l, key, value);
    }
    _PyPolicyNames names;
    if (expect_list(l, key, value, "a list of names") < 0 ||
        read_principals(l, key, value, &names, &rule->application) < 0) {
        return -1;
    }
    rule->names = l->draft.pool + names.first;
    rule->n_names = names.n;
    return 0;
}

static int
read_entry(Loader *l, const Node *key, const Node *value)
{
    return key->text[0] == '$' ? _PyPolicyDirective_Read(l, key, value)
                               : read_rule(l, key, value);
}

static int
read_root(Loader *l)
{
    const Node *root = l->doc.nodes;
    if (root->kind != _PyPolicyJson_OBJECT) {
        return fail(l, root, "bad-type", "a policy is an object, found %s; "
                    "write {\"MODULE\": [\"DEPENDENCY\"]}",
                    _PyPolicyJson_KindName(root->kind));
    }
    /* No list can hold more names than there are nodes, so the pool need
       not grow, and rules may point into it at once. */
    l->draft.rules = PyMem_RawCalloc((size_t)root->count + 1,
                                     sizeof(*l->draft.rules));
    l->draft.pool = PyMem_RawMalloc(l->doc.n_nodes *
                                    sizeof(*l->draft.pool));
    if (l->draft.rules == NULL || l->draft.pool == NULL) {
        return fail_memory(l);
    }
    if (read_members(l, root, read_entry) < 0) {
        return -1;
    }
    if (l->unenforced != NULL) {
        return fail(l, l->unenforced, "not-enforced", "%s is not enforced by "
                    "this version, which therefore does not start with it; "
                    "remove it", quote(l, 0, l->unenforced));
    }
    return 0;
}

static int
load(Loader *l, const char *filename, const char *text, size_t len)
{
    size_t size = strlen(filename) + 1;
    l->draft.filename = PyMem_RawMalloc(size);
    if (l->draft.filename == NULL) {
        return fail_memory(l);
    }
    memcpy(l->draft.filename, filename, size);
    _PyPolicyJsonError error;
    if (_PyPolicyJson_Parse(&l->doc, text, len, &error) < 0) {
        if (strcmp(error.code, "no-memory") == 0) {
            return fail_memory(l);
        }
        set_error(l->error, filename, error.line, error.column, error.code,
                  error.what);
        return -1;
    }
    l->draft.strings = l->doc.strings;
    l->doc.strings = NULL;
    return read_root(l);
}

_PyPolicy *
_PyPolicy_Parse(const char *filename, const char *text, size_t len,
                _PyPolicyError *error)
{
    _PyPolicy *policy = NULL;
    Loader l = {.error = error};
    *error = (_PyPolicyError){0};
    if (load(&l, filename, text, len) == 0) {
        policy = _PyPolicy_Freeze(&l.draft);
        if (policy == NULL) {
            fail_memory(&l);
        }
    }
    if (policy == NULL) {
        _PyPolicyDraft_Clear(&l.draft);
    }
    _PyPolicyJson_Clear(&l.doc);
    return policy;
}

void
_PyPolicyError_Clear(_PyPolicyError *error)
{
    PyMem_RawFree(error->message);
    *error = (_PyPolicyError){0};
}
