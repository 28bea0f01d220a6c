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

#include "pycore_policy_export.h" // PyAPI_FUNC()
#include "pycore_policy_target.h" // _PyPolicyCapability

/* One policy, compiled: immutable tables of names.

   A policy is the file that was found and, behind it, the files that its
   "$extends" names, each with its own behind it: its layers.  What an earlier
   layer says wins.

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
    const char *filename;       /* of the layer in which it stands */
    const _PyPolicy *policy;    /* that it belongs to */
} _PyPolicyRule;

/* One value in "$permissions", for example
       "requests": {"net": ["*.example.com"]}  or  "numpy": true */
typedef enum {
    _PyPolicyGrant_NOTHING,     /* false, or an empty list */
    _PyPolicyGrant_ALL,         /* true */
    _PyPolicyGrant_TARGETS,
} _PyPolicyGrantKind;

typedef struct {
    const char *principal;      /* a dependency, "*" or "__main__" */
    const char *what;           /* capability or audit event as written; "*"
                                   when the whole entry is true */
    _PyPolicyGrantKind kind;
    _PyPolicyCapability capability;     /* NO_CAPABILITY when `what` is an
                                           event or the whole entry */
    uint32_t n_targets;
    const char *const *targets; /* as written */
    uint32_t index;             /* dense, from 0, among all of the policy */
    int line, column;           /* of `what`, or of the whole entry's key */
    const char *filename;       /* of the layer in which it stands */
    const _PyPolicy *policy;
} _PyPolicyGrant;

typedef struct {
    char code[32];              /* stable: "duplicate-key", "bad-type", ... */
    int line, column;           /* from 1; columns count code points */
    char *message;              /* "FILE:LINE:COLUMN: ..."; owned.  NULL only
                                   when the code is "no-memory" */
} _PyPolicyError;

/* A policy that "$extends" names, as it was found. */
typedef struct {
    char *filename;             /* for messages */
    const char *text;           /* a NUL behind it */
    size_t len;
    uint64_t id[2];             /* the same for the same file, however it is
                                   called */
} _PyPolicyExtended;

/* Who finds them, and owns their texts.  `from` is the name of the file that
   names it.  0, and the file name is the caller's (PyMem_RawFree); -1 when
   there is none or it cannot be read: then `what` says so, and `code` is a
   stable word, or empty when memory was short or it has been said elsewhere
   (the error then has no message).  It is called in the layers' order. */
typedef struct {
    int (*read)(void *arg, const char *from, const char *name,
                _PyPolicyExtended *found, char code[32],
                char what[_PyPolicyName_MAX_WHAT]);
    void *arg;
    uint64_t id[2];             /* of the first file */
} _PyPolicyExtender;

/* Compile the text of a policy file, behind which is a NUL.  The file name is
   for messages only (UTF-8, or whatever bytes the file system has).  Without
   an extender "$extends" finds nothing, which is an error.  Returns NULL and
   fills *error (to be cleared by the caller) when anything at all is wrong:
   there is no such thing as half a policy. */
PyAPI_FUNC(_PyPolicy *) _PyPolicy_Parse(
    const char *filename, const char *text, size_t len,
    const _PyPolicyExtender *extender, _PyPolicyError *error);
PyAPI_FUNC(void) _PyPolicyError_Clear(_PyPolicyError *error);

/* Compile what a program takes away while it runs (pycore_policy_narrow.h).
   A module key says there whether those of whom "$permissions" has an entry
   may import it, and the key "*" speaks of all modules that no other does. */
extern _PyPolicy *_PyPolicy_ParseNote(const char *filename, const char *text,
                                      size_t len, _PyPolicyError *error);

/* Accepts NULL. */
PyAPI_FUNC(void) _PyPolicy_Free(_PyPolicy *policy);

PyAPI_FUNC(const char *) _PyPolicy_Filename(const _PyPolicy *policy);

/* File name of layer i, the first of which is the policy's own file; NULL
   behind the last. */
PyAPI_FUNC(const char *) _PyPolicy_LayerAt(const _PyPolicy *policy,
                                           uint32_t i);

/* The module keys, in the order of the files, without those that an earlier
   layer overrides. */
PyAPI_FUNC(uint32_t) _PyPolicy_CountRules(const _PyPolicy *policy);
PyAPI_FUNC(const _PyPolicyRule *) _PyPolicy_Rule(const _PyPolicy *policy,
                                                 uint32_t index);

/* The rule with the longest key that is `module` or a dotted prefix of it;
   NULL when there is none.  One hash lookup per dot. */
extern const _PyPolicyRule *_PyPolicy_FindRule(const _PyPolicy *policy,
                                               const char *module,
                                               size_t len);

/* A note: the rule for all modules that no key speaks of; NULL when it has
   none, and for a package that holds a module which a key permits. */
extern const _PyPolicyRule *_PyPolicy_OtherRule(const _PyPolicy *policy,
                                                const char *module,
                                                size_t len);

/* Is the policy a note? */
extern bool _PyPolicy_IsNote(const _PyPolicy *policy);

/* Does the rule's list name this principal?  Exactly, or by a namespace that
   it lies below (`google.cloud` names `google.cloud.storage`); paths and
   NAME.pth only exactly.  One hash lookup per dot, however long the list.
   Does not look at `everyone` and `application`. */
extern bool _PyPolicy_RuleNames(const _PyPolicyRule *rule,
                                const char *principal);

/* Is the principal in "$hosts", or in "$loaders"?  Matches as in a rule's
   list. */
extern bool _PyPolicy_IsHost(const _PyPolicy *policy, const char *principal);
extern bool _PyPolicy_IsLoader(const _PyPolicy *policy,
                               const char *principal);

/* The entry of g in "$packages": true, and sets *n and *names, when there is
   one (*n may be 0: nobody inherits from g).  When g itself has none, the
   entry of the closest namespace above it holds. */
extern bool _PyPolicy_Packages(const _PyPolicy *policy, const char *g,
                               uint32_t *n, const char *const **names);

/* For showing a policy: its "$hosts" and "$loaders"; and entry number i of
   "$packages" (its key; NULL behind the last). */
PyAPI_FUNC(uint32_t) _PyPolicy_Hosts(const _PyPolicy *policy,
                                     const char *const **hosts);
PyAPI_FUNC(uint32_t) _PyPolicy_Loaders(const _PyPolicy *policy,
                                       const char *const **loaders);
PyAPI_FUNC(const char *) _PyPolicy_PackageAt(
    const _PyPolicy *policy, uint32_t i, uint32_t *n,
    const char *const **names);

/* Does one name, as it may stand in a list, name this principal?  The rule
   behind all the lists above; for callers that hold a list of their own,
   such as the one that _PyPolicy_Packages() gave. */
extern bool _PyPolicy_NameCovers(const char *name, const char *principal);

/* "$app", as written, and the file in which it stands, since the paths are
   relative to that. */
PyAPI_FUNC(uint32_t) _PyPolicy_AppDirs(const _PyPolicy *policy,
                                       const char *const **dirs);
extern const char *_PyPolicy_AppFile(const _PyPolicy *policy);

/* Does "$mode" say "audit"? */
PyAPI_FUNC(bool) _PyPolicy_IsAudit(const _PyPolicy *policy);

/* Does "$walk" say "strict"? */
PyAPI_FUNC(bool) _PyPolicy_IsStrict(const _PyPolicy *policy);

/* "$log": NULL for none, "-" for standard error, else the path as written.
   *quiet (may be NULL) is set to whether it is false: not even the one line
   for a first refusal. */
PyAPI_FUNC(const char *) _PyPolicy_Log(const _PyPolicy *policy, bool *quiet);

/* The file in which "$log" stands. */
extern const char *_PyPolicy_LogFile(const _PyPolicy *policy);


/* --- Permissions (policy_grant.c) --------------------------------------- */

/* The principal's own entry about `what`, a capability's or an event's name.
   Layer by layer; in each by its own name and then by the namespaces that it
   lies below, as in lists.  An entry that is true as a whole answers for
   whatever is asked.  "__main__" is asked by that name; "*" never answers.
   NULL: no entry speaks of it. */
PyAPI_FUNC(const _PyPolicyGrant *) _PyPolicy_GrantOf(
    const _PyPolicy *policy, const char *principal, const char *what);

/* The same about an event and the capability that gates it (NULL: none): at
   each place the event is looked for first.  What two calls of the one above
   would answer, but for a layer that names the event behind one that names
   the capability. */
extern const _PyPolicyGrant *_PyPolicy_GrantOfEvent(const _PyPolicy *policy,
                                                    const char *principal,
                                                    const char *event,
                                                    const char *capability);

/* The entry "*" about `what`, for a dependency: of each layer only when that
   layer has no entry of the principal's own, whatever it names. */
PyAPI_FUNC(const _PyPolicyGrant *) _PyPolicy_GrantToEveryone(
    const _PyPolicy *policy, const char *principal, const char *what);
extern const _PyPolicyGrant *_PyPolicy_EventGrantToEveryone(
    const _PyPolicy *policy, const char *principal, const char *event,
    const char *capability);

/* What ancestors may pass down: the grants of `what` to dependencies by name,
   each of which is what _PyPolicy_GrantOf() answers for the name in it.
   Without "*", "__main__" and those that grant nothing; with the entries
   that are true as a whole.  Whoever is only below a namespace in such an
   entry may have one of its own that says otherwise. */
extern uint32_t _PyPolicy_GrantsOf(const _PyPolicy *policy, const char *what,
                                   const _PyPolicyGrant *const **grants);

/* Does "$default" say "deny"? */
PyAPI_FUNC(bool) _PyPolicy_DefaultDeny(const _PyPolicy *policy);

/* Bit 1 << capability: some grant names it (entries that are true as a whole
   name none), or "$default" denies it. */
extern uint32_t _PyPolicy_Capabilities(const _PyPolicy *policy);

/* Does the entry of any dependency ("*" is none) speak of it?  Where grants
   name events, it may be that only they do. */
extern bool _PyPolicy_SpeaksOf(const _PyPolicy *policy,
                               _PyPolicyCapability capability);

/* Does any grant name an event, or this one? */
extern bool _PyPolicy_NamesEvents(const _PyPolicy *policy);
extern bool _PyPolicy_NamesEvent(const _PyPolicy *policy, const char *event);

/* All grants, layer by layer in the order of the files; and for showing
   them, entry number i (its principal; NULL behind the last) with its
   grants, which are neighbours. */
PyAPI_FUNC(uint32_t) _PyPolicy_CountGrants(const _PyPolicy *policy);
PyAPI_FUNC(const _PyPolicyGrant *) _PyPolicy_GrantAt(
    const _PyPolicy *policy, uint32_t index);
PyAPI_FUNC(const char *) _PyPolicy_EntryAt(const _PyPolicy *policy, uint32_t i,
                                           uint32_t *first, uint32_t *n);


/* --- Between policy_load.c and policy.c only --------------------------- */

typedef struct {
    const char *const *names;
    uint32_t n;
} _PyPolicyNames;

typedef struct {
    const char *name;
    _PyPolicyNames names;
} _PyPolicyPackage;

/* An entry of "$permissions": grants[first] and the n - 1 behind it. */
typedef struct {
    const char *principal;
    uint32_t layer, first, n;
} _PyPolicyEntry;

/* One file.  Owns what the names in it point into. */
typedef struct {
    char *filename;
    char *strings;
    const char **pool;          /* the names of all lists, end to end */
    uint32_t n_pool;
    uint64_t id[2];
} _PyPolicyLayer;

/* What one layer alone decides. */
typedef struct {
    _PyPolicyNames hosts, loaders, app;
    const char *app_file;
    const char *log;
    const char *log_file;
    bool audit, quiet, deny, strict, note;
} _PyPolicySettings;

/* A policy while it is being filled.  Owns every array, and the layers. */
typedef struct {
    _PyPolicyLayer *layers;
    uint32_t n_layers;
    _PyPolicyRule *rules;
    uint32_t n_rules;
    _PyPolicyPackage *packages;
    uint32_t n_packages;
    _PyPolicyEntry *entries;
    uint32_t n_entries;
    _PyPolicyGrant *grants;
    uint32_t n_grants;
    _PyPolicySettings settings;
} _PyPolicyDraft;

/* Index the draft and make it a policy, which takes over all that it owns.
   NULL when memory runs out; then the caller still owns the draft. */
extern _PyPolicy *_PyPolicy_Freeze(const _PyPolicyDraft *draft);
extern void _PyPolicyDraft_Clear(_PyPolicyDraft *draft);

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_H
