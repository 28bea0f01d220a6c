#ifndef Py_INTERNAL_POLICY_H
#define Py_INTERNAL_POLICY_H
#ifdef __cplusplus
extern "C" {
#endif

#if !defined(Py_BUILD_CORE) && !defined(POLICY_STANDALONE)
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One policy file, compiled: immutable tables of names.

   A policy is made by _PyPolicy_Parse() (policy_load.c) and asked through the
   other functions (policy.c).  None of them needs an interpreter, a thread
   state or a lock, none allocates but Parse, and none ever changes a policy,
   so every thread and every interpreter may read one at the same time.  All
   pointers that they hand out live as long as the policy does.

   "Principal" is a dependency's name as documented: `requests`, a package
   below namespaces (`google.cloud.storage`), an absolute path
   (`/opt/plugins/foo`) or a file of start-up lines (`foo.pth`). */

typedef struct _PyPolicy _PyPolicy;

/* One module key, for example  "socket": ["requests", "__main__"] */
typedef struct {
    const char *key;            /* UTF-8, NUL terminated */
    size_t key_len;
    int line, column;           /* of the key in the file, from 1 */
    bool everyone;              /* "*" */
    bool application;           /* "__main__" is listed */
    uint32_t n_names;           /* the others, as written */
    const char *const *names;
    uint32_t index;             /* position among the rules, from 0 */
    const _PyPolicy *policy;    /* that it belongs to */
} _PyPolicyRule;

typedef struct {
    char code[32];              /* stable: "duplicate-key", "bad-type", ... */
    int line, column;           /* from 1; columns count code points */
    char *message;              /* "FILE:LINE:COLUMN: ..."; owned.  NULL only
                                   when the code is "no-memory" */
} _PyPolicyError;

/* Compile the text of a policy file.  The file name is for messages only
   (UTF-8, or whatever bytes the file system has).  Returns NULL and fills
   *error (to be cleared by the caller) when anything at all is wrong: there
   is no such thing as half a policy. */
extern _PyPolicy *_PyPolicy_Parse(const char *filename, const char *text,
                                  size_t len, _PyPolicyError *error);
extern void _PyPolicyError_Clear(_PyPolicyError *error);

/* Accepts NULL. */
extern void _PyPolicy_Free(_PyPolicy *policy);

extern const char *_PyPolicy_Filename(const _PyPolicy *policy);

/* The module keys, in the order of the file. */
extern uint32_t _PyPolicy_CountRules(const _PyPolicy *policy);
extern const _PyPolicyRule *_PyPolicy_Rule(const _PyPolicy *policy,
                                           uint32_t index);

/* The rule with the longest key that is `module` or a dotted prefix of it;
   NULL when there is none.  One hash lookup per dot. */
extern const _PyPolicyRule *_PyPolicy_FindRule(const _PyPolicy *policy,
                                               const char *module,
                                               size_t len);

/* Does the rule's list name this principal?  Exactly, or by a namespace that
   it lies below (`google.cloud` names `google.cloud.storage`); paths and
   NAME.pth only exactly.  One hash lookup per dot, however long the list.
   Does not look at `everyone` and `application`. */
extern bool _PyPolicy_RuleNames(const _PyPolicyRule *rule,
                                const char *principal);

/* Is the principal in "$hosts"?  Matches as in a rule's list. */
extern bool _PyPolicy_IsHost(const _PyPolicy *policy, const char *principal);

/* The entry of g in "$packages": true, and sets *n and *names, when there is
   one (*n may be 0: nobody inherits from g).  When g itself has none, the
   entry of the closest namespace above it holds. */
extern bool _PyPolicy_Packages(const _PyPolicy *policy, const char *g,
                               uint32_t *n, const char *const **names);

/* For showing a policy: its "$hosts"; and entry number i of "$packages" (its
   key; NULL behind the last). */
extern uint32_t _PyPolicy_Hosts(const _PyPolicy *policy,
                                const char *const **hosts);
extern const char *_PyPolicy_PackageAt(const _PyPolicy *policy, uint32_t i,
                                       uint32_t *n,
                                       const char *const **names);

/* Does one name, as it may stand in a list, name this principal?  The rule
   behind all the lists above; for callers that hold a list of their own,
   such as the one that _PyPolicy_Packages() gave. */
extern bool _PyPolicy_NameCovers(const char *name, const char *principal);

/* "$app", as written. */
extern uint32_t _PyPolicy_AppDirs(const _PyPolicy *policy,
                                  const char *const **dirs);

/* Does "$mode" say "audit"? */
extern bool _PyPolicy_IsAudit(const _PyPolicy *policy);

/* "$log": NULL for none, "-" for standard error, else the path as written.
   *quiet (may be NULL) is set to whether it is false: not even the one line
   for a first refusal. */
extern const char *_PyPolicy_Log(const _PyPolicy *policy, bool *quiet);


/* --- Between policy_load.c and policy.c only --------------------------- */

typedef struct {
    uint32_t first, n;          /* a slice of the pool */
} _PyPolicyNames;

typedef struct {
    const char *name;
    _PyPolicyNames names;
} _PyPolicyPackage;

/* A policy while it is being filled.  Owns every array and both texts;
   names point into `strings`. */
typedef struct {
    char *filename;
    char *strings;
    const char **pool;          /* the names of all lists, end to end */
    uint32_t n_pool;
    _PyPolicyRule *rules;
    uint32_t n_rules;
    _PyPolicyPackage *packages;
    uint32_t n_packages;
    _PyPolicyNames hosts, app;
    const char *log;
    bool audit, quiet;
} _PyPolicyDraft;

/* Index the draft and make it a policy, which takes over all that it owns.
   NULL when memory runs out; then the caller still owns the draft. */
extern _PyPolicy *_PyPolicy_Freeze(const _PyPolicyDraft *draft);
extern void _PyPolicyDraft_Clear(_PyPolicyDraft *draft);

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_H
