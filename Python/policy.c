/* What does this policy file say about a name?

   A policy is a few arrays that policy_load.c filled, and one hash table over
   them that is built here when the policy is frozen; nothing changes after
   that.  So it may be read by any thread without a lock, and whoever can
   write Python code has nothing to write to.

   The table answers every question.  It holds pairs (set, name): set 0 are
   the module keys, set 1 the hosts, set 2 the keys of "$packages", and each
   rule has a set of its own for the names in its list.  Open addressing, at
   most half full, so the length of a list does not matter: to ask whether one
   of 10,000 names is this one costs as much as to ask it of one name.

   Namespaces make a question several lookups: `google.cloud.storage` is also
   named by `google.cloud` and by `google`, so each dotted prefix is tried,
   the longest first.

   Nothing here judges.  Who is acting, and what follows from a name being in
   a list, is decided by the callers: policy_rule.c and policy_gate.c. */

#ifdef POLICY_STANDALONE
#  include <stdlib.h>
#  define PyMem_RawMalloc malloc
#  define PyMem_RawCalloc calloc
#  define PyMem_RawFree free
#else
#  include "Python.h"
#endif
#include "pycore_policy.h"
#include "pycore_policy_text.h"

#include <string.h>

typedef struct {
    const char *name;           /* NULL: this slot is free */
    uint32_t len;
    uint32_t hash;
    uint32_t set;
    uint32_t value;
} Entry;

struct _PyPolicy {
    _PyPolicyDraft draft;
    size_t mask;                /* slots - 1; slots are a power of 2 */
    Entry table[];
};

enum { KEYS, HOSTS, PACKAGES, FIRST_RULE };


/* --- The table ---------------------------------------------------------- */

static uint32_t
hash_of(uint32_t set, const char *name, size_t len)
{
    /* One name may stand in many sets: keep them apart. */
    return _PyPolicyText_Hash(name, len) ^ (set * 0x9E3779B1u);
}

/* The slot that holds the pair, or the free one where it belongs. */
static size_t
slot_of(const _PyPolicy *policy, uint32_t set, const char *name, size_t len,
        uint32_t hash)
{
    size_t at = hash & policy->mask;
    for (;; at = (at + 1) & policy->mask) {
        const Entry *e = &policy->table[at];
        if (e->name == NULL ||
            (e->hash == hash && e->set == set && e->len == len &&
             memcmp(e->name, name, len) == 0)) {
            return at;
        }
    }
}

static const Entry *
find(const _PyPolicy *policy, uint32_t set, const char *name, size_t len)
{
    uint32_t hash = hash_of(set, name, len);
    const Entry *e = &policy->table[slot_of(policy, set, name, len, hash)];
    return e->name == NULL ? NULL : e;
}

/* A name that is there already stays: lists may repeat one. */
static void
insert(_PyPolicy *policy, uint32_t set, const char *name, uint32_t value)
{
    size_t len = strlen(name);
    uint32_t hash = hash_of(set, name, len);
    Entry *e = &policy->table[slot_of(policy, set, name, len, hash)];
    if (e->name == NULL) {
        *e = (Entry){name, (uint32_t)len, hash, set, value};
    }
}

static void
insert_names(_PyPolicy *policy, uint32_t set, const char *const *names,
             uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        insert(policy, set, names[i], i);
    }
}


/* --- Names -------------------------------------------------------------- */

/* The part of a dotted name before its last dot; 0 when it has none. */
static size_t
parent_length(const char *name, size_t len)
{
    while (len > 0 && name[len - 1] != '.') {
        len--;
    }
    return len > 0 ? len - 1 : 0;
}

static bool
ends_with_pth(const char *name, size_t len)
{
    return len >= 4 && memcmp(name + len - 4, ".pth", 4) == 0;
}

/* Dots mean namespaces only in names of modules: neither in paths nor in
   NAME.pth, which would otherwise ride on a dependency called NAME. */
static bool
has_namespaces(const char *name, size_t len)
{
    return name[0] != '/' && !ends_with_pth(name, len);
}

/* The entry for a principal: its own, or the closest namespace's. */
static const Entry *
find_principal(const _PyPolicy *policy, uint32_t set, const char *principal)
{
    size_t len = strlen(principal);
    const Entry *e = find(policy, set, principal, len);
    if (e != NULL || !has_namespaces(principal, len)) {
        return e;
    }
    while (e == NULL && (len = parent_length(principal, len)) > 0) {
        if (!ends_with_pth(principal, len)) {
            e = find(policy, set, principal, len);
        }
    }
    return e;
}

bool
_PyPolicy_NameCovers(const char *name, const char *principal)
{
    size_t n = strlen(name), len = strlen(principal);
    if (len < n || n == 0 || memcmp(name, principal, n) != 0) {
        return false;
    }
    if (len == n) {
        return true;
    }
    return principal[n] == '.' && has_namespaces(principal, len) &&
           !ends_with_pth(name, n);
}


/* --- Questions ---------------------------------------------------------- */

const char *
_PyPolicy_Filename(const _PyPolicy *policy)
{
    return policy->draft.filename;
}

uint32_t
_PyPolicy_CountRules(const _PyPolicy *policy)
{
    return policy->draft.n_rules;
}

const _PyPolicyRule *
_PyPolicy_Rule(const _PyPolicy *policy, uint32_t index)
{
    return index < policy->draft.n_rules ? &policy->draft.rules[index] : NULL;
}

const _PyPolicyRule *
_PyPolicy_FindRule(const _PyPolicy *policy, const char *module, size_t len)
{
    while (len > 0) {
        const Entry *e = find(policy, KEYS, module, len);
        if (e != NULL) {
            return &policy->draft.rules[e->value];
        }
        len = parent_length(module, len);
    }
    return NULL;
}

bool
_PyPolicy_RuleNames(const _PyPolicyRule *rule, const char *principal)
{
    return rule->n_names > 0 &&
           find_principal(rule->policy, FIRST_RULE + rule->index,
                          principal) != NULL;
}

bool
_PyPolicy_IsHost(const _PyPolicy *policy, const char *principal)
{
    return policy->draft.hosts.n > 0 &&
           find_principal(policy, HOSTS, principal) != NULL;
}

bool
_PyPolicy_Packages(const _PyPolicy *policy, const char *g, uint32_t *n,
                   const char *const **names)
{
    if (policy->draft.n_packages == 0) {
        return false;
    }
    const Entry *e = find_principal(policy, PACKAGES, g);
    if (e == NULL) {
        return false;
    }
    const _PyPolicyNames *slice = &policy->draft.packages[e->value].names;
    *n = slice->n;
    *names = policy->draft.pool + slice->first;
    return true;
}

uint32_t
_PyPolicy_AppDirs(const _PyPolicy *policy, const char *const **dirs)
{
    *dirs = policy->draft.pool + policy->draft.app.first;
    return policy->draft.app.n;
}

uint32_t
_PyPolicy_Hosts(const _PyPolicy *policy, const char *const **hosts)
{
    *hosts = policy->draft.pool + policy->draft.hosts.first;
    return policy->draft.hosts.n;
}

const char *
_PyPolicy_PackageAt(const _PyPolicy *policy, uint32_t i, uint32_t *n,
                    const char *const **names)
{
    if (i >= policy->draft.n_packages) {
        return NULL;
    }
    const _PyPolicyPackage *package = &policy->draft.packages[i];
    *names = policy->draft.pool + package->names.first;
    *n = package->names.n;
    return package->name;
}

bool
_PyPolicy_IsAudit(const _PyPolicy *policy)
{
    return policy->draft.audit;
}

const char *
_PyPolicy_Log(const _PyPolicy *policy, bool *quiet)
{
    if (quiet != NULL) {
        *quiet = policy->draft.quiet;
    }
    return policy->draft.log;
}


/* --- Birth and death ---------------------------------------------------- */

static void
fill(_PyPolicy *policy)
{
    const _PyPolicyDraft *d = &policy->draft;
    for (uint32_t i = 0; i < d->n_rules; i++) {
        _PyPolicyRule *rule = &d->rules[i];
        rule->index = i;
        rule->policy = policy;
        insert(policy, KEYS, rule->key, i);
        insert_names(policy, FIRST_RULE + i, rule->names, rule->n_names);
    }
    for (uint32_t i = 0; i < d->n_packages; i++) {
        insert(policy, PACKAGES, d->packages[i].name, i);
    }
    insert_names(policy, HOSTS, d->pool + d->hosts.first, d->hosts.n);
}

_PyPolicy *
_PyPolicy_Freeze(const _PyPolicyDraft *draft)
{
    /* The pool holds every listed name, and more: a bound is enough. */
    size_t names = (size_t)draft->n_rules + draft->n_packages +
                   draft->n_pool;
    size_t slots = 8;
    while (slots < names * 2) {
        slots *= 2;
    }
    _PyPolicy *policy =
        PyMem_RawCalloc(1, sizeof(*policy) + slots * sizeof(Entry));
    if (policy == NULL) {
        return NULL;
    }
    policy->draft = *draft;
    policy->mask = slots - 1;
    fill(policy);
    return policy;
}

void
_PyPolicyDraft_Clear(_PyPolicyDraft *draft)
{
    PyMem_RawFree(draft->filename);
    PyMem_RawFree(draft->strings);
    PyMem_RawFree(draft->pool);
    PyMem_RawFree(draft->rules);
    PyMem_RawFree(draft->packages);
    *draft = (_PyPolicyDraft){0};
}

void
_PyPolicy_Free(_PyPolicy *policy)
{
    if (policy != NULL) {
        _PyPolicyDraft_Clear(&policy->draft);
        PyMem_RawFree(policy);
    }
}
