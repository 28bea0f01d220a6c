#ifndef Py_INTERNAL_POLICY_LOAD_H
#define Py_INTERNAL_POLICY_LOAD_H
#ifdef __cplusplus
extern "C" {
#endif

#if !defined(Py_BUILD_CORE) && !defined(POLICY_STANDALONE)
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <string.h>

#include "pycore_policy.h"
#include "pycore_policy_json.h"
#include "pycore_policy_limits.h"
#include "pycore_policy_name.h"

/* Between policy_load.c, which reads a policy, policy_directive.c, which
   reads the $ entries in it, and policy_permissions.c, which reads the
   largest of them.  Functions that return int return 0, or -1 with the error
   filled. */

/* One file that is being read. */
typedef struct _PyPolicyLoader {
    _PyPolicyJson doc;
    uint32_t layer;             /* which of the draft's layers it is */
    _PyPolicyDraft *draft;      /* shared by all files of the policy */
    uint32_t *decided;          /* likewise: bits of the directives that this
                                   or an earlier layer has */
    const _PyPolicyJsonNode *extends;   /* the value of "$extends", or NULL */
    const struct _PyPolicyLoader *extended_by;
    const _PyPolicyExtender *extender;
    _PyPolicyError *error;
    char quoted[2][_PyPolicy_MAX_QUOTED];
} _PyPolicyLoader;

static inline _PyPolicyLayer *
_PyPolicyLoad_Layer(const _PyPolicyLoader *l)
{
    return &l->draft->layers[l->layer];
}

typedef int (*_PyPolicyReader)(_PyPolicyLoader *l,
                               const _PyPolicyJsonNode *key,
                               const _PyPolicyJsonNode *value);

/* --- policy_load.c --- */

/* An error at a node.  Always -1. */
#ifdef __GNUC__
__attribute__((format(printf, 4, 5)))
#endif
extern int _PyPolicyLoad_Fail(_PyPolicyLoader *l,
                              const _PyPolicyJsonNode *at, const char *code,
                              const char *format, ...);
extern int _PyPolicyLoad_FailMemory(_PyPolicyLoader *l);

/* The value of a key has the wrong type; `write` says what it should be. */
extern int _PyPolicyLoad_FailType(_PyPolicyLoader *l,
                                  const _PyPolicyJsonNode *key,
                                  const _PyPolicyJsonNode *value,
                                  const char *write);

/* The text of a node, quoted, for a message that shows at most two of them:
   `which` is 0 or 1. */
extern const char *_PyPolicyLoad_Quote(_PyPolicyLoader *l, int which,
                                       const _PyPolicyJsonNode *node);

/* Is the node this string? */
static inline bool
_PyPolicyLoad_Is(const _PyPolicyJsonNode *node, const char *text)
{
    return node->kind == _PyPolicyJson_STRING && node->text[0] == text[0]
           && strlen(text) == node->count
           && memcmp(node->text, text, node->count) == 0;
}

/* Refuse what is not a name of this kind. */
extern int _PyPolicyLoad_CheckName(_PyPolicyLoader *l,
                                   const _PyPolicyJsonNode *node,
                                   _PyPolicyNameKind kind);

/* Refuse what is not a string, or an empty one; `thing` is what the string
   stands for ("a target"). */
extern int _PyPolicyLoad_ExpectText(_PyPolicyLoader *l,
                                    const _PyPolicyJsonNode *node,
                                    const char *thing);

/* Refuse the value of a key when it is not a list. */
extern int _PyPolicyLoad_FailList(_PyPolicyLoader *l,
                                  const _PyPolicyJsonNode *key,
                                  const _PyPolicyJsonNode *value,
                                  const char *write);
static inline int
_PyPolicyLoad_ExpectList(_PyPolicyLoader *l, const _PyPolicyJsonNode *key,
                         const _PyPolicyJsonNode *value, const char *write)
{
    return value->kind == _PyPolicyJson_ARRAY
           ? 0 : _PyPolicyLoad_FailList(l, key, value, write);
}

/* Read a list of texts, or of principals, into the pool.  Principals may
   include "__main__" when `application` is given, which then notes it. */
extern int _PyPolicyLoad_Texts(_PyPolicyLoader *l,
                               const _PyPolicyJsonNode *list,
                               const char *thing, _PyPolicyNames *names);
extern int _PyPolicyLoad_Principals(_PyPolicyLoader *l,
                                    const _PyPolicyJsonNode *key,
                                    const _PyPolicyJsonNode *list,
                                    _PyPolicyNames *names,
                                    bool *application);

/* An array of the draft with room for `more` items behind the first n: the
   array, perhaps moved, or NULL with the error filled. */
extern void *_PyPolicyLoad_Grow(_PyPolicyLoader *l, void *array, uint32_t n,
                                uint32_t more, size_t size);

/* Call `read` with each member of an object. */
extern int _PyPolicyLoad_Members(_PyPolicyLoader *l,
                                 const _PyPolicyJsonNode *object,
                                 _PyPolicyReader read);

/* Short names, for these files alone: include this header last. */
#define fail _PyPolicyLoad_Fail
#define fail_memory _PyPolicyLoad_FailMemory
#define fail_type _PyPolicyLoad_FailType
#define quote _PyPolicyLoad_Quote
#define text_is _PyPolicyLoad_Is
#define check_name _PyPolicyLoad_CheckName
#define expect_text _PyPolicyLoad_ExpectText
#define expect_list _PyPolicyLoad_ExpectList
#define read_texts _PyPolicyLoad_Texts
#define read_principals _PyPolicyLoad_Principals
#define grow _PyPolicyLoad_Grow
#define layer_of _PyPolicyLoad_Layer
#define read_members _PyPolicyLoad_Members

/* --- policy_directive.c --- */

/* Read an entry whose key begins with $. */
extern int _PyPolicyDirective_Read(_PyPolicyLoader *l,
                                   const _PyPolicyJsonNode *key,
                                   const _PyPolicyJsonNode *value);

/* The directive that was meant by this text, or NULL. */
extern const char *_PyPolicyDirective_Nearest(const char *text);

/* --- policy_permissions.c --- */

/* Read the value of "$permissions". */
extern int _PyPolicyPermissions_Read(_PyPolicyLoader *l,
                                     const _PyPolicyJsonNode *key,
                                     const _PyPolicyJsonNode *value);

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_LOAD_H
