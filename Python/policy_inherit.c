/* What does an interpreter hand to the interpreters that it starts?

   A policy that ended with the process would be no policy: whatever it
   refuses could be had by starting another interpreter.  So each child is
   handed, in one environment variable that is written below exec,

     {"version": 2,
      "key": …,
      "policies": [{"path": …, "member": …, "mark": …, "origin": …}, …],
      "application": [directories],
      "installed": [directories],
      "search": the PATH on which the names of programs are looked up,
      "cache": the directory of compiled code, or "",
      "places": [$TMP, $HOME],
      "dropped": [what was dropped since; absent when nothing was],
      "principals": [who started it]}

   The child reads the files again and refuses to start when one is not what
   the parent enforces.  Texts are not handed over: a variable holds no more
   than 128 KiB, and the file's own name belongs into the child's messages.
   The principals act in everything that the child does, and are handed on
   together with whoever acts there.

   Environment variables that a child inherits may have been changed by anybody
   in the parent.  So the places are the parent's, since who is granted "$HOME"
   must not say where that is; the variables that say where dependencies are
   (PYTHONPATH, and HOME for the user's own) name in the child only directories
   that are the parent's, too; and the cache of compiled code is the parent's.

   The variable takes nothing on trust that could free anybody.  A forged one
   can add policies and principals, that is, restrictions; directories of the
   application it could add too, but who chooses a child's environment also
   chooses its program.

   Paths are bytes, and JSON is text.  Each byte that is not printable ASCII is
   written as the escape of the character with its number (\u00e9 for the byte
   E9, whatever it is part of), so that every path survives every locale, and
   the variable is plain ASCII.  Reading reverses that.

   Called by policy_setup.c: Read at start-up, Prefix when all policies are
   loaded, Variable by any thread whenever a child is started.  Nothing here
   needs an interpreter. */

#include "Python.h"
#include "pycore_policy_inherit.h"
#include "pycore_policy_json.h"
#include "pycore_policy_read.h"
#include "pycore_policy_setup.h"  // _PyPolicySetup_VARIABLE
#include "pycore_principal.h"

#include <stdlib.h>               // getenv()
#include <string.h>

#define NAME _PyPolicySetup_VARIABLE
#define UNKNOWN "<unknown>"

/* --- Reading ------------------------------------------------------------ */

typedef const _PyPolicyJsonNode *Node;

/* Nobody writes the variable by hand, so one message serves for all that is
   not as Prefix and Variable make it. */
static int
fail_malformed(Node node)
{
    return _PyPolicyRead_Fail(
        NAME, "1:%d: the interpreter that started this one writes this "
        "variable, and this is not its writing; unset it",
        node != NULL ? (int)node->column : 1);
}

/* The text of a string node, as bytes again.  PyMem_RawFree. */
static int
take_bytes(Node node, char **bytes)
{
    *bytes = NULL;
    if (node == NULL || node->kind != _PyPolicyJson_STRING) {
        return fail_malformed(node);
    }
    char *out = PyMem_RawMalloc(node->count + 1);
    if (out == NULL) {
        return _PyPolicyRead_NoMemory();
    }
    *bytes = out;
    for (const unsigned char *p = (const unsigned char *)node->text; *p; p++) {
        /* A character up to U+00FF: the lead byte holds its two high bits. */
        if (*p < 0x80) {
            *out++ = (char)*p;
        }
        else if (*p == 0xC2 || *p == 0xC3) {
            *out++ = (char)((*p & 3) << 6 | (p[1] & 0x3F));
            p++;
        }
        else {
            PyMem_RawFree(*bytes);
            *bytes = NULL;
            return fail_malformed(node);
        }
    }
    *out = '\0';
    return 0;
}

static int
take_path(Node node, char **path)
{
    if (take_bytes(node, path) < 0) {
        return -1;
    }
    if (**path != '/') {
        PyMem_RawFree(*path);
        *path = NULL;
        return fail_malformed(node);
    }
    return 0;
}

static bool
is_kind(Node node, _PyPolicyJsonKind kind)
{
    return node != NULL && node->kind == kind;
}

/* Has the object these members, and no others?  `optional` may be missing. */
static bool
has_members(const _PyPolicyJson *doc, Node object, const char *const *names,
            const char *const *optional)
{
    uint32_t n = 0;
    for (; *optional != NULL; optional++) {
        n += _PyPolicyJson_Get(doc, object, *optional) != NULL;
    }
    for (; *names != NULL; names++, n++) {
        if (_PyPolicyJson_Get(doc, object, *names) == NULL) {
            return false;
        }
    }
    return object->count == n;
}

static bool
is_hexadecimal(Node node, size_t digits)
{
    return is_kind(node, _PyPolicyJson_STRING) && node->count == digits
        && strspn(node->text, "0123456789abcdef") == digits;
}

static int
origin_of(Node node)
{
    for (int i = 0; i < _PyPolicyOrigin_COUNT; i++) {
        if (is_kind(node, _PyPolicyJson_STRING)
            && strcmp(node->text, _PyPolicyOrigin_Name(i)) == 0)
        {
            return i;
        }
    }
    return -1;
}

static int
read_policy(const _PyPolicyJson *doc, Node object, _PyPolicyFound *found)
{
    static const char *const names[] = {"path", "mark", "origin", NULL};
    static const char *const optional[] = {"member", NULL};
    if (!is_kind(object, _PyPolicyJson_OBJECT)
        || !has_members(doc, object, names, optional))
    {
        return fail_malformed(object);
    }
    Node mark = _PyPolicyJson_Get(doc, object, "mark");
    Node member = _PyPolicyJson_Get(doc, object, "member");
    int origin = origin_of(_PyPolicyJson_Get(doc, object, "origin"));
    if (!is_hexadecimal(mark, _PyPolicyContent_MARK - 1) || origin < 0) {
        return fail_malformed(object);
    }
    char *path, *inner = NULL, *named_by = NULL;
    if (take_path(_PyPolicyJson_Get(doc, object, "path"), &path) < 0) {
        return -1;
    }
    if ((member != NULL && take_bytes(member, &inner) < 0)
        || (named_by = _PyPolicyRead_Copy(
                "the interpreter that started this one")) == NULL)
    {
        PyMem_RawFree(path);
        PyMem_RawFree(inner);
        return -1;
    }
    if (_PyPolicyFind_Add(found, origin, path, inner, named_by) < 0) {
        return -1;
    }
    _PyPolicySource *source = &found->sources[found->n_sources - 1];
    source->inherited = true;
    memcpy(source->mark, mark->text, _PyPolicyContent_MARK);
    return 0;
}

/* The paths of an array, and their number, also when it fails (-1, said). */
static int
read_paths(const _PyPolicyJson *doc, Node array, char ***paths, size_t *n)
{
    *paths = PyMem_RawCalloc(array->count + 1, sizeof(char *));
    if (*paths == NULL) {
        return _PyPolicyRead_NoMemory();
    }
    Node node = _PyPolicyJson_First(array);
    for (uint32_t i = 0; i < array->count; i++) {
        if (take_path(node, &(*paths)[i]) < 0) {
            return -1;
        }
        ++*n;
        node = _PyPolicyJson_Next(doc, node);
    }
    return 0;
}

/* Both may be missing in a variable that an older interpreter wrote: then
   there is nothing that the environment could name. */
static int
read_installed(const _PyPolicyJson *doc, Node root, _PyPolicyFound *found)
{
    Node installed = _PyPolicyJson_Get(doc, root, "installed");
    Node cache = _PyPolicyJson_Get(doc, root, "cache");
    found->has_parent = true;
    if (cache != NULL && take_bytes(cache, &found->cache) < 0) {
        return -1;
    }
    if (installed == NULL) {
        return 0;
    }
    if (!is_kind(installed, _PyPolicyJson_ARRAY)) {
        return fail_malformed(installed);
    }
    return read_paths(doc, installed, &found->installed,
                      &found->n_installed);
}

static int
read_dropped(const _PyPolicyJson *doc, Node array, _PyPolicyFound *found)
{
    if (array == NULL) {
        return 0;
    }
    if (!is_kind(array, _PyPolicyJson_ARRAY)) {
        return fail_malformed(array);
    }
    found->dropped = PyMem_RawCalloc(array->count + 1, sizeof(char *));
    if (found->dropped == NULL) {
        return _PyPolicyRead_NoMemory();
    }
    Node node = _PyPolicyJson_First(array);
    for (uint32_t i = 0; i < array->count; i++) {
        if (take_bytes(node, &found->dropped[i]) < 0) {
            return -1;
        }
        found->n_dropped++;
        node = _PyPolicyJson_Next(doc, node);
    }
    return 0;
}

static int
read_principals(const _PyPolicyJson *doc, Node array, _PyPolicyFound *found)
{
    Node node = _PyPolicyJson_First(array);
    for (uint32_t i = 0; i < array->count; i++) {
        char *name;
        if (take_bytes(node, &name) < 0) {
            return -1;
        }
        if (*name == '\0') {
            PyMem_RawFree(name);
            return fail_malformed(node);
        }
        uint32_t set = strcmp(name, UNKNOWN) == 0
            ? _PyPrincipal_UNKNOWN : _PyPrincipal_Named(name);
        found->starter = _PyPrincipal_Join(found->starter, set);
        PyMem_RawFree(name);
        node = _PyPolicyJson_Next(doc, node);
    }
    return 0;
}

/* "" for a place that there is not. */
static int
read_places(const _PyPolicyJson *doc, Node array, _PyPolicyFound *found)
{
    if (array == NULL) {
        return 0;
    }
    if (!is_kind(array, _PyPolicyJson_ARRAY) || array->count != 2) {
        return fail_malformed(array);
    }
    Node tmp = _PyPolicyJson_First(array);
    return take_bytes(tmp, &found->tmp) < 0 ? -1
           : take_bytes(_PyPolicyJson_Next(doc, tmp), &found->home);
}

static int
read_document(const _PyPolicyJson *doc, _PyPolicyFound *found)
{
    static const char *const names[] = {
        "version", "key", "policies", "application", "principals", NULL
    };
    static const char *const optional[] = {
        "search", "places", "dropped", "installed", "cache", NULL
    };
    Node root = doc->nodes;
    if (!is_kind(root, _PyPolicyJson_OBJECT)
        || !has_members(doc, root, names, optional))
    {
        return fail_malformed(root);
    }
    Node search = _PyPolicyJson_Get(doc, root, "search");
    Node version = _PyPolicyJson_Get(doc, root, "version");
    Node key = _PyPolicyJson_Get(doc, root, "key");
    Node policies = _PyPolicyJson_Get(doc, root, "policies");
    Node application = _PyPolicyJson_Get(doc, root, "application");
    Node principals = _PyPolicyJson_Get(doc, root, "principals");
    if (!is_kind(version, _PyPolicyJson_NUMBER)
        || strcmp(version->text, "2") != 0)
    {
        return fail_malformed(version);
    }
    if (!is_hexadecimal(key, 16)) {
        return fail_malformed(key);
    }
    found->key = strtoull(key->text, NULL, 16);
    if (!is_kind(policies, _PyPolicyJson_ARRAY) || policies->count == 0) {
        return fail_malformed(policies);
    }
    if (!is_kind(application, _PyPolicyJson_ARRAY)) {
        return fail_malformed(application);
    }
    if (!is_kind(principals, _PyPolicyJson_ARRAY)) {
        return fail_malformed(principals);
    }
    Node node = _PyPolicyJson_First(policies);
    for (uint32_t i = 0; i < policies->count; i++) {
        if (read_policy(doc, node, found) < 0) {
            return -1;
        }
        node = _PyPolicyJson_Next(doc, node);
    }
    if (search != NULL && take_bytes(search, &found->search) < 0) {
        return -1;
    }
    return read_paths(doc, application, &found->inherited,
                      &found->n_inherited) < 0
        || read_installed(doc, root, found) < 0
        || read_places(doc, _PyPolicyJson_Get(doc, root, "places"), found) < 0
        || read_dropped(doc, _PyPolicyJson_Get(doc, root, "dropped"),
                        found) < 0
        ? -1 : read_principals(doc, principals, found);
}

int
_PyPolicyInherit_Read(_PyPolicyFound *found)
{
    const char *value = getenv(NAME);
    if (value == NULL) {
        return 0;
    }
    _PyPolicyJson doc;
    _PyPolicyJsonError error;
    if (_PyPolicyJson_Parse(&doc, value, strlen(value), &error) < 0) {
        return _PyPolicyRead_Fail(
            NAME, "%d:%d: %s; the interpreter that started this one writes "
            "this variable, unset it", error.line, error.column, error.what);
    }
    int result = read_document(&doc, found);
    _PyPolicyJson_Clear(&doc);
    return result;
}

/* --- Writing ------------------------------------------------------------ */

typedef struct {
    char *text;
    size_t n, size;
    bool failed;
} Writer;

static void
put(Writer *w, const char *bytes, size_t n)
{
    if (w->n + n + 1 > w->size && !w->failed) {
        size_t size = (w->n + n + 1) * 2;
        char *text = PyMem_RawRealloc(w->text, size);
        w->failed = text == NULL;
        if (text != NULL) {
            w->text = text;
            w->size = size;
        }
    }
    if (!w->failed) {
        memcpy(w->text + w->n, bytes, n);
        w->n += n;
        w->text[w->n] = '\0';
    }
}

static void
put_plain(Writer *w, const char *text)
{
    put(w, text, strlen(text));
}

static bool
is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

static void
put_string(Writer *w, const char *text)
{
    put(w, "\"", 1);
    for (const unsigned char *p = (const unsigned char *)text, *begin; *p; ) {
        for (begin = p; is_plain(*p); p++) {
        }
        put(w, (const char *)begin, (size_t)(p - begin));
        if (*p != '\0') {
            char escape[8];
            snprintf(escape, sizeof(escape), "\\u%04x", *p++);
            put(w, escape, 6);
        }
    }
    put(w, "\"", 1);
}

/* The text, or NULL when it could not be completed. */
static char *
finish(Writer *w)
{
    if (w->failed) {
        PyMem_RawFree(w->text);
        return NULL;
    }
    return w->text;
}

static void
put_place(Writer *w, const char *name, const _PyPolicyPlace *places, size_t n)
{
    const char *path = "";
    for (size_t i = 0; i < n; i++) {
        if (strcmp(places[i].name, name) == 0) {
            path = places[i].path;
        }
    }
    put_string(w, path);
}

static void
put_array(Writer *w, const char *name, const char *const *texts, size_t n)
{
    put_plain(w, name);
    for (size_t i = 0; i < n; i++) {
        put_plain(w, i > 0 ? "," : "");
        put_string(w, texts[i]);
    }
    put_plain(w, "]");
}

static void
put_source(Writer *w, const _PyPolicySource *source)
{
    put_plain(w, "{\"path\":");
    put_string(w, source->path);
    if (source->member != NULL) {
        put_plain(w, ",\"member\":");
        put_string(w, source->member);
    }
    put_plain(w, ",\"mark\":");
    put_string(w, source->mark);
    put_plain(w, ",\"origin\":");
    put_string(w, _PyPolicyOrigin_Name(source->origin));
    put_plain(w, "}");
}

char *
_PyPolicyInherit_Prefix(const _PyPolicyHanded *handed)
{
    Writer w = {0};
    char digits[_PyPolicyContent_MARK];
    _PyPolicyContent_Digits(handed->key, digits);
    put_plain(&w, NAME "={\"version\":2,\"key\":");
    put_string(&w, digits);
    put_plain(&w, ",\"policies\":[");
    for (size_t i = 0; i < handed->n_sources; i++) {
        put_plain(&w, i > 0 ? "," : "");
        put_source(&w, &handed->sources[i]);
    }
    put_array(&w, "],\"application\":[", handed->application,
              handed->n_application);
    put_array(&w, ",\"installed\":[", handed->installed,
              handed->n_installed);
    put_plain(&w, ",\"search\":");
    put_string(&w, handed->search);
    put_plain(&w, ",\"cache\":");
    put_string(&w, handed->cache != NULL ? handed->cache : "");
    put_plain(&w, ",\"places\":[");
    put_place(&w, "$TMP", handed->places, handed->n_places);
    put_plain(&w, ",");
    put_place(&w, "$HOME", handed->places, handed->n_places);
    put_plain(&w, "]");
    if (handed->n_dropped > 0) {
        put_array(&w, ",\"dropped\":[", handed->dropped, handed->n_dropped);
    }
    put_plain(&w, ",\"principals\":[");
    return finish(&w);
}

char *
_PyPolicyInherit_Variable(const char *prefix, uint32_t set)
{
    Writer w = {0};
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(set, &members);
    put_plain(&w, prefix);
    for (size_t i = 0; i < n; i++) {
        put_plain(&w, i > 0 ? "," : "");
        put_string(&w, _PyPrincipal_Name(members[i]));
    }
    put_plain(&w, "]}");
    return finish(&w);
}
