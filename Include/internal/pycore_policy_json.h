#ifndef Py_INTERNAL_POLICY_JSON_H
#define Py_INTERNAL_POLICY_JSON_H
#ifdef __cplusplus
extern "C" {
#endif

#if !defined(Py_BUILD_CORE) && !defined(POLICY_STANDALONE)
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <stddef.h>
#include <stdint.h>

/* Strict JSON (RFC 8259): a text becomes an array of nodes, each of which
   knows its line and column, or one error that knows where it is.

   Stricter than the standard where it leaves a choice: UTF-8 only, no byte
   order mark, no key twice in one object (compared after unescaping), no
   U+0000 and no lone surrogate even when escaped, and bounds on size and
   depth.  Needs no interpreter; keeps no state. */

typedef enum {
    _PyPolicyJson_OBJECT,
    _PyPolicyJson_ARRAY,
    _PyPolicyJson_STRING,
    _PyPolicyJson_NUMBER,
    _PyPolicyJson_TRUE,
    _PyPolicyJson_FALSE,
    _PyPolicyJson_NULL,
} _PyPolicyJsonKind;

/* Nodes stand in the order of the text: a container, then all that is in it.
   The children of an object are key, value, key, value, ...; keys are STRING
   nodes. */
typedef struct {
    uint8_t kind;               /* _PyPolicyJsonKind */
    uint32_t line, column;      /* from 1; columns count code points */
    uint32_t count;             /* items or members; bytes of text */
    uint32_t end;               /* index of the first node after it */
    const char *text;           /* STRING: unescaped UTF-8; NUMBER: as written;
                                   NUL terminated.  Else NULL. */
} _PyPolicyJsonNode;

typedef struct {
    _PyPolicyJsonNode *nodes;   /* nodes[0] is the root */
    uint32_t n_nodes;
    char *strings;              /* every text; may be taken over by setting
                                   this member to NULL */
} _PyPolicyJson;

typedef struct {
    char code[32];              /* stable: "bad-utf8", "trailing-comma", ... */
    int line, column;           /* column 0: no place (out of memory) */
    char what[400];             /* what is wrong, and what to write instead:
                                   one line of printable UTF-8 */
} _PyPolicyJsonError;

/* The text of len bytes has a NUL behind it.  0, and *doc is to be cleared; or
   -1, *error is filled and *doc is empty. */
extern int _PyPolicyJson_Parse(_PyPolicyJson *doc, const char *text,
                               size_t len, _PyPolicyJsonError *error);
extern void _PyPolicyJson_Clear(_PyPolicyJson *doc);

/* Walk the children of a container:
       node = _PyPolicyJson_First(node);
       for (i = 0; i < count; i++, node = _PyPolicyJson_Next(doc, node))
   In an object the key's Next is its value. */
static inline const _PyPolicyJsonNode *
_PyPolicyJson_First(const _PyPolicyJsonNode *container)
{
    return container + 1;
}

static inline const _PyPolicyJsonNode *
_PyPolicyJson_Next(const _PyPolicyJson *doc, const _PyPolicyJsonNode *node)
{
    return doc->nodes + node->end;
}

/* The value of a member; NULL when there is none or node is no object.
   Reads all members: for small objects. */
extern const _PyPolicyJsonNode *
_PyPolicyJson_Get(const _PyPolicyJson *doc, const _PyPolicyJsonNode *node,
                  const char *name);

/* "an object", "a string", ... for messages. */
extern const char *_PyPolicyJson_KindName(int kind);

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_JSON_H
