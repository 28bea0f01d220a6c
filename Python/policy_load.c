/* Is this file a policy, and if not, what should be written instead?

   policy_json.c says where the JSON is; this file checks that it means
   something, and fills the tables that policy.c freezes.  Between the two
   there is no third result: a policy, or one error with its place, its code
   and a sentence that ends in what to write.  An interpreter never starts on
   half a policy, so nothing is skipped, guessed or corrected here.

   The top level is one loop.  A key that begins with $ is a directive and
   goes to policy_directive.c; any other is a module with its list.  What a
   name may look like is policy_name.c's knowledge.

   A file that "$extends" names is read by the same functions into the same
   draft, as a layer behind those that are there; whoever asks for the policy
   says how such a file is found.  So what is wrong in it is said of the line
   where it stands.  The first layer that decides something wins: for keys,
   policy.c sees to that, for directives, policy_directive.c.

   Strings are not copied.  The draft takes over the buffer into which the
   JSON parser unescaped them, and all tables point into that. */

#ifdef POLICY_STANDALONE
#  include <stdlib.h>
#  define PyMem_RawMalloc malloc
#  define PyMem_RawCalloc calloc
#  define PyMem_RawRealloc realloc
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
    set_error(l->error, layer_of(l)->filename, (int)at->line, (int)at->column,
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

/* The value of a key should be something else. */
int
fail_type(Loader *l, const Node *key, const Node *value, const char *write)
{
    return fail(l, value, "bad-type", "the value of %s is %s; write %s",
                quote(l, 0, key), _PyPolicyJson_KindName(value->kind), write);
}


/* --- Lists -------------------------------------------------------------- */

/* The value of the key is no list.  One name alone is the likeliest slip. */
int
_PyPolicyLoad_FailList(Loader *l, const Node *key, const Node *value,
                       const char *write)
{
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

static int
check_unusual_name(Loader *l, const Node *node, _PyPolicyNameKind kind)
{
    char code[32], what[_PyPolicyName_MAX_WHAT];
    if (_PyPolicyName_Check(kind, node->text, node->count, code, what) < 0) {
        return fail(l, node, code, "%s", what);
    }
    return 0;
}

int
check_name(Loader *l, const Node *node, _PyPolicyNameKind kind)
{
    return kind != _PyPolicyName_CAPABILITY
           && _PyPolicyName_IsPlain(node->text, node->count)
           ? 0 : check_unusual_name(l, node, kind);
}

static void
append(Loader *l, _PyPolicyNames *names, const Node *item)
{
    _PyPolicyLayer *layer = layer_of(l);
    layer->pool[layer->n_pool++] = item->text;
    names->n++;
}

static void
begin_names(Loader *l, _PyPolicyNames *names)
{
    const _PyPolicyLayer *layer = layer_of(l);
    *names = (_PyPolicyNames){.names = layer->pool + layer->n_pool};
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
    if (_PyPolicyName_IsPlain(item->text, item->count)) {
        append(l, names, item);     /* nearly all */
        return 0;
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
    _PyPolicyLayer *layer = layer_of(l);
    const char **pool = layer->pool + layer->n_pool;
    const Node *item = _PyPolicyJson_First(list);
    for (uint32_t i = 0; i < list->count; i++) {
        if (expect_text(l, item, thing) < 0) {
            return -1;
        }
        pool[i] = item++->text;
    }
    *names = (_PyPolicyNames){.names = pool, .n = list->count};
    layer->n_pool += list->count;
    return 0;
}

/* Items are counted in 32 bits, and so few that this does not overflow. */
void *
grow(Loader *l, void *array, uint32_t n, uint32_t more, size_t size)
{
    array = PyMem_RawRealloc(array, ((size_t)n + more + 1) * size);
    if (array == NULL) {
        fail_memory(l);
    }
    return array;
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
    bool others = l->draft->settings.note && text_is(key, "*");
    if (!others && check_name(l, key, _PyPolicyName_MODULE) < 0) {
        return -1;
    }
    _PyPolicyRule *rule = &l->draft->rules[l->draft->n_rules++];
    *rule = (_PyPolicyRule){
        .key = key->text, .key_len = key->count,
        .line = (int)key->line, .column = (int)key->column,
        .everyone = text_is(value, "*"), .names = layer_of(l)->pool,
        .filename = layer_of(l)->filename,
    };
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
    rule->names = names.names;
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
    _PyPolicyDraft *draft = l->draft;
    _PyPolicyRule *rules = grow(l, draft->rules, draft->n_rules, root->count,
                                sizeof(*rules));
    if (rules == NULL) {
        return -1;
    }
    draft->rules = rules;
    layer_of(l)->pool = PyMem_RawMalloc(l->doc.n_nodes * sizeof(char *));
    if (layer_of(l)->pool == NULL) {
        return fail_memory(l);
    }
    return read_members(l, root, read_entry);
}


/* --- Files -------------------------------------------------------------- */

static int read_extended(Loader *l);

/* The draft has a new layer, which owns the name. */
static int
add_layer(Loader *l, char *filename, const uint64_t id[2])
{
    _PyPolicyLayer *layers = grow(l, l->draft->layers, l->draft->n_layers, 1,
                                  sizeof(*layers));
    if (layers == NULL) {
        PyMem_RawFree(filename);
        return -1;
    }
    l->draft->layers = layers;
    l->layer = l->draft->n_layers++;
    layers[l->layer] = (_PyPolicyLayer){.filename = filename,
                                        .id = {id[0], id[1]}};
    return 0;
}

/* The text of the newest layer, and then those that it extends. */
static int
read_layer(Loader *l, const char *text, size_t len)
{
    int result = -1;
    _PyPolicyJsonError error;
    if (_PyPolicyJson_Parse(&l->doc, text, len, &error) < 0) {
        if (strcmp(error.code, "no-memory") == 0) {
            return fail_memory(l);
        }
        set_error(l->error, layer_of(l)->filename, error.line, error.column,
                  error.code, error.what);
        return -1;
    }
    layer_of(l)->strings = l->doc.strings;
    l->doc.strings = NULL;
    if (read_root(l) == 0) {
        result = l->extends == NULL ? 0 : read_extended(l);
    }
    _PyPolicyJson_Clear(&l->doc);
    return result;
}

static bool
is_layer(const _PyPolicyLayer *layer, const uint64_t id[2])
{
    return layer->id[0] == id[0] && layer->id[1] == id[1];
}

/* Is it one of those that led here?  Then say which way. */
static int
check_circle(Loader *l, const Node *item, const uint64_t id[2])
{
    char way[_PyPolicy_MAX_QUOTED * 2], again[_PyPolicy_MAX_QUOTED];
    const Loader *other = l;
    while (other != NULL && !is_layer(layer_of(other), id)) {
        other = other->extended_by;
    }
    if (other == NULL) {
        return 0;
    }
    /* From the inside out, so each name goes in front of the others. */
    const char *name = layer_of(other)->filename;
    _PyPolicyText_Escape(way, sizeof(way) / 2, name, strlen(name));
    for (const Loader *at = l;; at = at->extended_by) {
        char rest[sizeof(way)];
        memcpy(rest, way, sizeof(way));
        name = layer_of(at)->filename;
        _PyPolicyText_Escape(again, sizeof(again), name, strlen(name));
        snprintf(way, sizeof(way), "%s -> %.*s", again,
                 (int)(sizeof(way) - sizeof(again) - 8), rest);
        if (at == other) {
            break;
        }
    }
    return fail(l, item, "extends-itself", "a policy extends itself: %s; "
                "remove %s here", way, quote(l, 0, item));
}

static bool
is_known(const _PyPolicyDraft *draft, const uint64_t id[2])
{
    for (uint32_t i = 0; i < draft->n_layers; i++) {
        if (is_layer(&draft->layers[i], id)) {
            return true;
        }
    }
    return false;
}

static int
find_extended(Loader *l, const Node *item, _PyPolicyExtended *found)
{
    char code[32] = "no-policy", what[_PyPolicyName_MAX_WHAT];
    snprintf(what, sizeof(what), "no other file can be read here; remove "
             "\"$extends\"");
    if (l->extender != NULL &&
        l->extender->read(l->extender->arg, layer_of(l)->filename,
                          item->text, found, code, what) == 0) {
        return 0;
    }
    return code[0] == '\0' ? fail_memory(l)
                           : fail(l, item, code, "%s", what);
}

/* One item of "$extends".  A file that is there already, by another way, says
   nothing new: what it says wins where it stands first. */
static int
read_item(Loader *l, const Node *item)
{
    _PyPolicyExtended found = {NULL};
    if (l->draft->n_layers >= _PyPolicy_MAX_LAYERS) {
        return fail(l, item, "too-many-files", "a policy extends more than "
                    "%d files; write them as fewer", _PyPolicy_MAX_LAYERS);
    }
    if (find_extended(l, item, &found) < 0) {
        return -1;
    }
    Loader next = {.draft = l->draft, .decided = l->decided,
                   .extended_by = l, .extender = l->extender,
                   .error = l->error};
    int result = check_circle(l, item, found.id);
    if (result == 0 && !is_known(l->draft, found.id)) {
        result = add_layer(&next, found.filename, found.id);
        found.filename = NULL;
        if (result == 0) {
            result = read_layer(&next, found.text, found.len);
        }
    }
    PyMem_RawFree(found.filename);
    return result;
}

static int
read_extended(Loader *l)
{
    const Node *item = _PyPolicyJson_First(l->extends);
    for (uint32_t i = 0; i < l->extends->count; i++) {
        if (read_item(l, item) < 0) {
            return -1;
        }
        item = _PyPolicyJson_Next(&l->doc, item);
    }
    return 0;
}

static int
load(Loader *l, const char *filename, const char *text, size_t len)
{
    static const uint64_t none[2];
    size_t size = strlen(filename) + 1;
    char *name = PyMem_RawMalloc(size);
    if (name == NULL) {
        return fail_memory(l);
    }
    memcpy(name, filename, size);
    const uint64_t *id = l->extender != NULL ? l->extender->id : none;
    return add_layer(l, name, id) < 0 ? -1 : read_layer(l, text, len);
}

static _PyPolicy *
parse(const char *filename, const char *text, size_t len, bool note,
      const _PyPolicyExtender *extender, _PyPolicyError *error)
{
    _PyPolicy *policy = NULL;
    _PyPolicyDraft draft = {.settings.note = note};
    uint32_t decided = 0;
    Loader l = {.draft = &draft, .decided = &decided, .extender = extender,
                .error = error};
    *error = (_PyPolicyError){0};
    if (load(&l, filename, text, len) == 0) {
        policy = _PyPolicy_Freeze(&draft);
        if (policy == NULL) {
            fail_memory(&l);
        }
    }
    if (policy == NULL) {
        _PyPolicyDraft_Clear(&draft);
    }
    return policy;
}

_PyPolicy *
_PyPolicy_Parse(const char *filename, const char *text, size_t len,
                const _PyPolicyExtender *extender, _PyPolicyError *error)
{
    return parse(filename, text, len, false, extender, error);
}

_PyPolicy *
_PyPolicy_ParseNote(const char *filename, const char *text, size_t len,
                    _PyPolicyError *error)
{
    return parse(filename, text, len, true, NULL, error);
}

void
_PyPolicyError_Clear(_PyPolicyError *error)
{
    PyMem_RawFree(error->message);
    *error = (_PyPolicyError){0};
}
