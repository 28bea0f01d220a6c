/* What does this text say, and where exactly does it stop being JSON?

   Policies, the state that a child inherits and a distribution's metadata are
   JSON that must be read before any Python code can run, so CPython's json
   module is out of reach.  This file turns a text into nodes, and knows
   nothing of what they are for.

   One loop over the tokens of policy_scan.c.  Nodes go into one array, which
   the scanner writes as tokens: a container when it opens (and is completed
   when it closes), so everything in the container stands right behind it and
   no node needs a pointer to another.  As long as a container is open, its
   node says which one is around it, so no stack is needed.  Texts stay in the
   one buffer that the scanner filled.

   This goes through every policy at the start of every process.  So what is
   done for each token is inlined into the loop and finds the parser in
   registers, where it stays because whatever is seldom called (and that is all
   that says what is wrong) is handed a copy.

   The caller owns both through the document.  The first error ends the parse,
   and nothing is handed out then. */

#ifdef POLICY_STANDALONE
#  include <stdlib.h>
#  define PyMem_RawMalloc malloc
#  define PyMem_RawCalloc calloc
#  define PyMem_RawRealloc realloc
#  define PyMem_RawFree free
#else
#  include "Python.h"
#endif
#include "pycore_policy_json.h"
#include "pycore_policy_limits.h"
#include "pycore_policy_scan.h"
#include "pycore_policy_text.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    _PyPolicyScanner scan;
    _PyPolicyJson *doc;
    uint32_t n;                 /* nodes so far */
    uint32_t capacity;          /* of doc->nodes */
    uint32_t depth;
    uint32_t container;         /* the innermost that is open, or NONE */
    char close;                 /* what closes it; NUL when there is none */
} Parser;

#define NONE UINT32_MAX


/* --- Errors ------------------------------------------------------------- */

static int
fail_memory(_PyPolicyJsonError *error)
{
    *error = (_PyPolicyJsonError){.code = "no-memory",
                                  .what = "out of memory"};
    return -1;
}

/* An error at the current token. */
#define FAIL(p, ...) \
    _PyPolicyScan_Fail(&(p).scan, (p).scan.token->line, \
                       (p).scan.token->column, __VA_ARGS__)

/* "the object that begins at line 1, column 1": the innermost one. */
static const char *
container_name(const Parser *p, char *buffer, size_t size)
{
    const _PyPolicyJsonNode *node = &p->doc->nodes[p->container];
    snprintf(buffer, size, "the %s that begins at line %u, column %u",
             node->kind == _PyPolicyJson_OBJECT ? "object" : "list",
             (unsigned)node->line, (unsigned)node->column);
    return buffer;
}

/* The current token cannot stand where it does. */
static int
fail_unexpected(Parser p, const char *expected)
{
    char where[80];
    int kind = p.scan.token->kind;
    if (kind == _PyPolicyScan_END && p.container == NONE) {
        return FAIL(p, "truncated", "the file holds no value; write {} for "
                                    "an empty object");
    }
    if (kind == _PyPolicyScan_END) {
        return FAIL(p, "truncated", "the file ends inside %s; write the "
                    "missing %c", container_name(&p, where, sizeof(where)),
                    p.close);
    }
    if ((kind == '}' || kind == ']') && p.container != NONE &&
        kind != p.close) {
        return FAIL(p, "bad-token", "\"%c\" does not close %s; write "
                    "\"%c\"", kind,
                    container_name(&p, where, sizeof(where)), p.close);
    }
    if (strchr("{}[]:,", kind) != NULL) {
        return FAIL(p, "bad-token", "found \"%c\"; write %s here", kind,
                    expected);
    }
    return FAIL(p, "bad-token", "found %s; write %s here",
                kind == '"' ? "a string" : kind == '0' ? "a number" :
                kind == 't' ? "true" : kind == 'f' ? "false" : "null",
                expected);
}

/* Something else stands at the next piece. */
static int
fail_next(Parser p, const char *expected)
{
    return _PyPolicyScan_Next(&p.scan) < 0 ? -1 : fail_unexpected(p, expected);
}

/* Behind an item is neither a comma nor what closes the container. */
static int
fail_separator(Parser p)
{
    if (_PyPolicyScan_Next(&p.scan) < 0) {
        return -1;
    }
    int kind = p.scan.token->kind;
    if (kind != _PyPolicyScan_END && strchr("\"{[0tfn", kind) != NULL) {
        return FAIL(p, "missing-comma", "two values stand side by side; "
                                        "write a comma between them");
    }
    return fail_unexpected(p, p.close == '}' ? "a comma or \"}\""
                                             : "a comma or \"]\"");
}

static int
fail_comma(_PyPolicyScanner s)
{
    return _PyPolicyScan_Fail(&s, s.line, _PyPolicyScan_Column(&s),
                              "trailing-comma",
                              "nothing follows this comma; remove it");
}

static int
fail_depth(Parser p)
{
    return FAIL(p, "too-deep", "more than %d lists and objects stand "
                "inside one another; write it flatter", _PyPolicy_MAX_DEPTH);
}

static int
fail_duplicate(_PyPolicyScanner s, const _PyPolicyJsonNode *first,
               const _PyPolicyJsonNode *second)
{
    char name[_PyPolicy_MAX_QUOTED];
    _PyPolicyText_Quote(name, sizeof(name), second->text, second->count);
    return _PyPolicyScan_Fail(
        &s, second->line, second->column, "duplicate-key",
        "the key %s stands here again, first at line %u, column %u; write "
        "it once", name, (unsigned)first->line, (unsigned)first->column);
}


/* --- Nodes -------------------------------------------------------------- */

static bool
grow_nodes(_PyPolicyJson *doc, uint32_t capacity, _PyPolicyJsonError *error)
{
    _PyPolicyJsonNode *nodes =
        PyMem_RawRealloc(doc->nodes, (size_t)capacity * sizeof(*nodes));
    if (nodes == NULL) {
        fail_memory(error);
        return false;
    }
    doc->nodes = nodes;
    return true;
}

/* The current token stands where its node belongs, and now is one.  False
   when there is no memory for another. */
static inline bool
add_node(Parser *p, _PyPolicyJsonKind kind)
{
    _PyPolicyJsonNode *node = p->scan.token++;
    node->kind = (uint8_t)kind;
    node->end = ++p->n;
    if (p->n < p->capacity) {
        return true;
    }
    p->capacity *= 2;
    bool grown = grow_nodes(p->doc, p->capacity, p->scan.error);
    p->scan.token = p->doc->nodes + p->n;
    return grown;
}

static inline bool
same_text(const _PyPolicyJsonNode *a, const _PyPolicyJsonNode *b)
{
    return a->count == b->count && a->text[0] == b->text[0]
           && memcmp(a->text, b->text, a->count) == 0;
}

/* So few keys are compared with one another. */
#define FEW 8

static int
compare_keys(const _PyPolicyJson *doc, const _PyPolicyJsonNode *object,
             _PyPolicyScanner s)
{
    const _PyPolicyJsonNode *keys[FEW], *key = _PyPolicyJson_First(object);
    for (uint32_t i = 0; i < object->count; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (same_text(keys[j], key)) {
                return fail_duplicate(s, keys[j], key);
            }
        }
        keys[i] = key;
        key = _PyPolicyJson_Next(doc, key + 1);
    }
    return 0;
}

/* Refuse an object that holds one key twice: the readers of such a file,
   people included, would not agree on what it says. */
static int
check_duplicates(const _PyPolicyJson *doc, const _PyPolicyJsonNode *object,
                 _PyPolicyScanner s)
{
    if (object->count <= FEW) {
        return compare_keys(doc, object, s);
    }
    size_t size = FEW * 2;
    while (size < (size_t)object->count * 2) {
        size *= 2;
    }
    const _PyPolicyJsonNode **table = PyMem_RawCalloc(size, sizeof(*table));
    if (table == NULL) {
        return fail_memory(s.error);
    }
    int result = 0;
    const _PyPolicyJsonNode *key = _PyPolicyJson_First(object);
    for (uint32_t i = 0; i < object->count && result == 0; i++) {
        size_t at = _PyPolicyText_Hash(key->text, key->count) & (size - 1);
        while (table[at] != NULL && !same_text(table[at], key)) {
            at = (at + 1) & (size - 1);
        }
        if (table[at] != NULL) {
            result = fail_duplicate(s, table[at], key);
        }
        table[at] = key;
        key = _PyPolicyJson_Next(doc, key + 1);
    }
    PyMem_RawFree(table);
    return result;
}


/* --- Grammar ------------------------------------------------------------ */

/* The current token should be a number or a word. */
static inline int
read_other(Parser *p)
{
    _PyPolicyJsonKind kind;
    switch (p->scan.token->kind) {
        case _PyPolicyScan_NUMBER:
            kind = _PyPolicyJson_NUMBER;
            break;
        case 't':
            kind = _PyPolicyJson_TRUE;
            break;
        case 'f':
            kind = _PyPolicyJson_FALSE;
            break;
        case 'n':
            kind = _PyPolicyJson_NULL;
            break;
        default:
            return fail_unexpected(*p, "a value");
    }
    return add_node(p, kind) ? 0 : -1;
}

/* A value that is no container. */
static inline int
read_single(Parser *p)
{
    if (_PyPolicyScan_Next(&p->scan) < 0) {
        return -1;
    }
    return p->scan.token->kind == '"'       /* nearly all */
        ? (add_node(p, _PyPolicyJson_STRING) ? 0 : -1) : read_other(p);
}

/* The key of a member, and the colon behind it. */
static inline int
read_key(Parser *p)
{
    if (_PyPolicyScan_Next(&p->scan) < 0) {
        return -1;
    }
    if (p->scan.token->kind != '"') {
        return fail_unexpected(*p, "a key in double quotes");
    }
    if (!add_node(p, _PyPolicyJson_STRING)) {
        return -1;
    }
    return _PyPolicyScan_Takes(&p->scan, ':')
           ? 0 : fail_next(*p, "a colon and the key's value");
}

/* The current token opens a container.  As long as that is open, the node's
   end is the container around it. */
static inline int
open_container(Parser *p)
{
    bool object = p->scan.token->kind == '{';
    if (p->depth == _PyPolicy_MAX_DEPTH) {
        return fail_depth(*p);
    }
    uint32_t index = p->n, outer = p->container;
    if (!add_node(p, object ? _PyPolicyJson_OBJECT : _PyPolicyJson_ARRAY)) {
        return -1;
    }
    p->doc->nodes[index].end = outer;
    p->container = index;
    p->close = object ? '}' : ']';
    p->depth++;
    return 0;
}

static inline int
close_container(Parser *p)
{
    _PyPolicyJsonNode *node = &p->doc->nodes[p->container];
    uint32_t outer = p->container = node->end;
    node->end = p->n;
    p->depth--;
    p->close = outer == NONE ? '\0'
        : p->doc->nodes[outer].kind == _PyPolicyJson_OBJECT ? '}' : ']';
    return node->kind == _PyPolicyJson_OBJECT && node->count > 1
           ? check_duplicates(p->doc, node, p->scan) : 0;
}

/* Behind an item of the innermost container, or behind its last and what
   closes it: are there more?  1, 0 (that was the whole text's value) or
   -1. */
static inline int
read_separator(Parser *p, bool closed)
{
    for (;; closed = true) {
        if (closed && close_container(p) < 0) {
            return -1;
        }
        if (p->close == '\0') {
            return 0;
        }
        p->doc->nodes[p->container].count++;
        _PyPolicyScanner before = p->scan;
        if (_PyPolicyScan_Takes(&p->scan, ',')) {
            return _PyPolicyScan_Takes(&p->scan, p->close)
                   ? fail_comma(before) : 1;
        }
        if (!_PyPolicyScan_Takes(&p->scan, p->close)) {
            return fail_separator(*p);
        }
    }
}

/* The text's one value, with all that is in it. */
static int
read_values(Parser *parser)
{
    Parser p = *parser;
    int more;
    do {
        if (p.close == '}' && read_key(&p) < 0) {
            return -1;
        }
        bool opens = *p.scan.p != '"' && _PyPolicyScan_Opens(&p.scan);
        if ((opens ? open_container(&p) : read_single(&p)) < 0) {
            return -1;
        }
        more = opens && !_PyPolicyScan_Takes(&p.scan, p.close)
               ? 1 : read_separator(&p, opens);
    } while (more > 0);
    p.doc->n_nodes = p.n;
    *parser = p;
    return more;
}

/* Editors and shells that save in other encodings betray themselves in the
   first bytes. */
static int
check_encoding(Parser *p, const char *text, size_t len)
{
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        return _PyPolicyScan_Fail(
            &p->scan, 1, 1, "byte-order-mark", "the file begins with a byte "
            "order mark; save it as UTF-8 without one");
    }
    if (len >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 ||
                     memcmp(text, "\xFE\xFF", 2) == 0)) {
        return _PyPolicyScan_Fail(
            &p->scan, 1, 1, "byte-order-mark", "the file begins with a "
            "UTF-16 byte order mark; save it as UTF-8 without one");
    }
    return 0;
}

static int
read_text(Parser *p, const char *text, size_t len)
{
    if (check_encoding(p, text, len) < 0 ||
        read_values(p) < 0 || _PyPolicyScan_Next(&p->scan) < 0) {
        return -1;
    }
    if (p->scan.token->kind != _PyPolicyScan_END) {
        return FAIL(*p, "trailing-data", "more text follows after the end of "
                                        "the value; remove it");
    }
    return 0;
}


/* --- For callers -------------------------------------------------------- */

int
_PyPolicyJson_Parse(_PyPolicyJson *doc, const char *text, size_t len,
                    _PyPolicyJsonError *error)
{
    assert(text[len] == '\0');
    *doc = (_PyPolicyJson){0};
    *error = (_PyPolicyJsonError){0};
    Parser p = {.doc = doc, .container = NONE};
    if (len > _PyPolicy_MAX_FILE) {
        p.scan.error = error;
        return _PyPolicyScan_Fail(&p.scan, 1, 1, "too-large", "the file has "
                                  "more than %u bytes; write less",
                                  _PyPolicy_MAX_FILE);
    }
    doc->strings = PyMem_RawMalloc(len + 1);
    if (doc->strings == NULL) {
        return fail_memory(error);
    }
    _PyPolicyScan_Init(&p.scan, text, len, doc->strings, error);
    /* Nearly always enough, and costs nothing where it is too much. */
    p.capacity = (uint32_t)len / 8 + 64;
    if (!grow_nodes(doc, p.capacity, error)) {
        _PyPolicyJson_Clear(doc);
        return -1;
    }
    p.scan.token = doc->nodes;
    if (read_text(&p, text, len) < 0) {
        _PyPolicyJson_Clear(doc);
        return -1;
    }
    return 0;
}

void
_PyPolicyJson_Clear(_PyPolicyJson *doc)
{
    PyMem_RawFree(doc->nodes);
    PyMem_RawFree(doc->strings);
    *doc = (_PyPolicyJson){0};
}

const _PyPolicyJsonNode *
_PyPolicyJson_Get(const _PyPolicyJson *doc, const _PyPolicyJsonNode *node,
                  const char *name)
{
    if (node->kind != _PyPolicyJson_OBJECT) {
        return NULL;
    }
    const _PyPolicyJsonNode *key = _PyPolicyJson_First(node);
    for (uint32_t i = 0; i < node->count; i++) {
        const _PyPolicyJsonNode *value = _PyPolicyJson_Next(doc, key);
        if (strcmp(key->text, name) == 0) {
            return value;
        }
        key = _PyPolicyJson_Next(doc, value);
    }
    return NULL;
}

const char *
_PyPolicyJson_KindName(int kind)
{
    static const char *const names[] = {
        [_PyPolicyJson_OBJECT] = "an object",
        [_PyPolicyJson_ARRAY] = "a list",
        [_PyPolicyJson_STRING] = "a string",
        [_PyPolicyJson_NUMBER] = "a number",
        [_PyPolicyJson_TRUE] = "true",
        [_PyPolicyJson_FALSE] = "false",
        [_PyPolicyJson_NULL] = "null",
    };
    return names[kind];
}
