#ifndef Py_INTERNAL_POLICY_TABLE_H
#define Py_INTERNAL_POLICY_TABLE_H
#ifdef __cplusplus
extern "C" {
#endif

#if !defined(Py_BUILD_CORE) && !defined(POLICY_STANDALONE)
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <string.h>

#include "pycore_policy.h"

/* The inside of a policy: between policy.c, which owns it, and
   policy_grant.c, which asks it about permissions. */

/* A pair (set, name) and what is known of it. */
typedef struct {
    const char *name;           /* NULL: this slot is free */
    uint32_t len;
    uint32_t hash;
    uint32_t set;
    uint32_t value;
} _PyPolicySlot;

/* Sets of names.  Behind FIRST each rule has one for the names in its list,
   each layer one for the principals in its "$permissions", and each entry in
   there one for what it names.  Lists and entries of a few have no set; they
   are looked through. */
#define _PyPolicyTable_FEW 8

enum {
    _PyPolicyTable_KEYS,
    _PyPolicyTable_HOSTS,
    _PyPolicyTable_LOADERS,
    _PyPolicyTable_PACKAGES,
    _PyPolicyTable_WHATS,
    _PyPolicyTable_FIRST,
};

/* All grants of one capability or event by name: a slice of the lists. */
typedef struct {
    size_t first;
    uint32_t n;
} _PyPolicyGrantList;

struct _PyPolicy {
    _PyPolicyDraft draft;
    _PyPolicyGrantList *whats;  /* the values of set WHATS, and one behind
                                   them for what no grant names */
    uint32_t n_whats;
    uint32_t capability_whats[_PyPolicy_NO_CAPABILITY + 1];
                                /* each one's value and 1; 0: there is none */
    const _PyPolicyGrant **lists;
    uint32_t capabilities;
    uint32_t spoken;            /* those that dependencies' entries name */
    bool events;
    size_t mask;                /* slots - 1; slots are a power of 2 */
    _PyPolicySlot table[];
};

/* Is a name that is NUL terminated this one? */
static inline bool
_PyPolicyTable_IsName(const char *name, const char *other, size_t len)
{
    return name[0] == other[0] && strncmp(name, other, len) == 0
           && name[len] == '\0';
}

/* NULL when it is not there. */
extern const _PyPolicySlot *_PyPolicyTable_Find(const _PyPolicy *policy,
                                                uint32_t set,
                                                const char *name, size_t len);

/* The pair itself, now in the table: with this value, or with the one that
   it had. */
extern const _PyPolicySlot *_PyPolicyTable_Insert(_PyPolicy *policy,
                                                  uint32_t set,
                                                  const char *name,
                                                  uint32_t value);

/* The length of the longest namespace that a principal of `full` bytes lies
   below, and that is shorter than `len`; 0 when there is none. */
extern size_t _PyPolicyTable_Namespace(const char *principal, size_t full,
                                       size_t len);

/* While the policy is being made: index its grants (-1 without memory), which
   puts at most so many names into the table, beside those of the entries. */
extern int _PyPolicyTable_IndexGrants(_PyPolicy *policy);
extern size_t _PyPolicyTable_CountGrants(const _PyPolicyDraft *draft);

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_TABLE_H
