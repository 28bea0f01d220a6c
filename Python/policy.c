/* What does this policy file say about a name?

   A policy is a few arrays that policy_load.c filled, and one hash table over
   them that is built here when the policy is frozen; nothing changes after
   that.  So it may be read by any thread without a lock, and whoever can
   write Python code has nothing to write to.

   The table holds pairs (set, name): one set are the module keys, one the
   hosts, one the keys of "$packages", and each rule with a long list has a
   set of its own for the names in it.  Open addressing, at most two thirds
   full, so the length of a list does not matter: to ask whether one of 10,000
   names is this one costs as much as to ask it of a few.  Short lists, as
   most are, are looked through, and cost nothing at the start.  A pair that
   is there already stays, which is all that makes the policy's own file win
   over those that it extends: their entries come later.

   Namespaces make a question several lookups: `google.cloud.storage` is also
   named by `google.cloud` and by `google`, so each dotted prefix is tried,
   the longest first.

   Nothing here judges.  Who is acting, and what follows from a name being in
   a list, is decided by the callers: policy_rule.c and policy_gate.c.  What
   is asked about "$permissions" is in policy_grant.c. */

#ifdef POLICY_STANDALONE
#  include <stdlib.h>
#  define PyMem_RawMalloc malloc
#  define PyMem_RawFree free
#else
#  include "Python.h"
#endif
#include "pycore_policy_table.h"
#include "pycore_policy_text.h"

#include <string.h>

typedef _PyPolicySlot Slot;

#define KEYS _PyPolicyTable_KEYS
#define HOSTS _PyPolicyTable_HOSTS
#define LOADERS _PyPolicyTable_LOADERS
#define PACKAGES _PyPolicyTable_PACKAGES
#define FIRST_RULE _PyPolicyTable_FIRST


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
        const Slot *e = &policy->table[at];
        if (e->name == NULL ||
            (e->hash == hash && e->set == set && e->len == len &&
             memcmp(e->name, name, len) == 0)) {
            return at;
        }
    }
}

const Slot *
_PyPolicyTable_Find(const _PyPolicy *policy, uint32_t set, const char *name,
                    size_t len)
{
    uint32_t hash = hash_of(set, name, len);
    const Slot *e = &policy->table[slot_of(policy, set, name, len, hash)];
    return e->name == NULL ? NULL : e;
}

/* A name that is there already stays: lists may repeat one. */
const Slot *
_PyPolicyTable_Insert(_PyPolicy *policy, uint32_t set, const char *name,
                      uint32_t value)
{
    size_t len = strlen(name);
    uint32_t hash = hash_of(set, name, len);
    Slot *e = &policy->table[slot_of(policy, set, name, len, hash)];
    if (e->name == NULL) {
        *e = (Slot){name, (uint32_t)len, hash, set, value};
    }
    return e;
}

static void
insert_names(_PyPolicy *policy, uint32_t set, const char *const *names,
             uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        _PyPolicyTable_Insert(policy, set, names[i], i);
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

size_t
_PyPolicyTable_Namespace(const char *principal, size_t full, size_t len)
{
    if (!has_namespaces(principal, full)) {
        return 0;
    }
    do {
        len = parent_length(principal, len);
    } while (ends_with_pth(principal, len));
    return len;
}

/* The entry for a principal: its own, or the closest namespace's. */
static const Slot *
find_principal(const _PyPolicy *policy, uint32_t set, const char *principal)
{
    size_t full = strlen(principal), len = full;
    const Slot *e = NULL;
    while (e == NULL && len > 0) {
        e = _PyPolicyTable_Find(policy, set, principal, len);
        len = _PyPolicyTable_Namespace(principal, full, len);
    }
    return e;
}

static bool
is_in_list(const _PyPolicyRule *rule, const char *name, size_t len)
{
    for (uint32_t i = 0; i < rule->n_names; i++) {
        if (_PyPolicyTable_IsName(rule->names[i], name, len)) {
            return true;
        }
    }
    return false;
}

static bool
is_in_short_list(const _PyPolicyRule *rule, const char *principal)
{
    size_t full = strlen(principal), len = full;
    while (len > 0 && !is_in_list(rule, principal, len)) {
        len = _PyPolicyTable_Namespace(principal, full, len);
    }
    return len > 0;
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
    return policy->draft.layers[0].filename;
}

const char *
_PyPolicy_LayerAt(const _PyPolicy *policy, uint32_t i)
{
    return i < policy->draft.n_layers ? policy->draft.layers[i].filename
                                      : NULL;
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
        const Slot *e = _PyPolicyTable_Find(policy, KEYS, module, len);
        if (e != NULL) {
            return &policy->draft.rules[e->value];
        }
        len = parent_length(module, len);
    }
    return NULL;
}

/* A note has few keys, and is asked about imports alone. */
const _PyPolicyRule *
_PyPolicy_OtherRule(const _PyPolicy *policy, const char *module, size_t len)
{
    const Slot *e = policy->draft.settings.note
        ? _PyPolicyTable_Find(policy, KEYS, "*", 1) : NULL;
    for (uint32_t i = 0; e != NULL && i < policy->draft.n_rules; i++) {
        const _PyPolicyRule *rule = &policy->draft.rules[i];
        if (rule->everyone && rule->key_len > len && rule->key[len] == '.'
            && memcmp(rule->key, module, len) == 0)
        {
            return NULL;
        }
    }
    return e != NULL ? &policy->draft.rules[e->value] : NULL;
}

bool
_PyPolicy_IsNote(const _PyPolicy *policy)
{
    return policy->draft.settings.note;
}

bool
_PyPolicy_RuleNames(const _PyPolicyRule *rule, const char *principal)
{
    return rule->n_names <= _PyPolicyTable_FEW
           ? is_in_short_list(rule, principal)
           : find_principal(rule->policy, FIRST_RULE + rule->index,
                            principal) != NULL;
}

bool
_PyPolicy_IsHost(const _PyPolicy *policy, const char *principal)
{
    return policy->draft.settings.hosts.n > 0 &&
           find_principal(policy, HOSTS, principal) != NULL;
}

bool
_PyPolicy_IsLoader(const _PyPolicy *policy, const char *principal)
{
    return policy->draft.settings.loaders.n > 0 &&
           find_principal(policy, LOADERS, principal) != NULL;
}

bool
_PyPolicy_Packages(const _PyPolicy *policy, const char *g, uint32_t *n,
                   const char *const **names)
{
    if (policy->draft.n_packages == 0) {
        return false;
    }
    const Slot *e = find_principal(policy, PACKAGES, g);
    if (e == NULL) {
        return false;
    }
    const _PyPolicyNames *slice = &policy->draft.packages[e->value].names;
    *n = slice->n;
    *names = slice->names;
    return true;
}

uint32_t
_PyPolicy_AppDirs(const _PyPolicy *policy, const char *const **dirs)
{
    *dirs = policy->draft.settings.app.names;
    return policy->draft.settings.app.n;
}

const char *
_PyPolicy_AppFile(const _PyPolicy *policy)
{
    return policy->draft.settings.app_file;
}

uint32_t
_PyPolicy_Hosts(const _PyPolicy *policy, const char *const **hosts)
{
    *hosts = policy->draft.settings.hosts.names;
    return policy->draft.settings.hosts.n;
}

uint32_t
_PyPolicy_Loaders(const _PyPolicy *policy, const char *const **loaders)
{
    *loaders = policy->draft.settings.loaders.names;
    return policy->draft.settings.loaders.n;
}

const char *
_PyPolicy_PackageAt(const _PyPolicy *policy, uint32_t i, uint32_t *n,
                    const char *const **names)
{
    if (i >= policy->draft.n_packages) {
        return NULL;
    }
    const _PyPolicyPackage *package = &policy->draft.packages[i];
    *names = package->names.names;
    *n = package->names.n;
    return package->name;
}

bool
_PyPolicy_IsAudit(const _PyPolicy *policy)
{
    return policy->draft.settings.audit;
}

bool
_PyPolicy_IsStrict(const _PyPolicy *policy)
{
    return policy->draft.settings.strict;
}

const char *
_PyPolicy_Log(const _PyPolicy *policy, bool *quiet)
{
    if (quiet != NULL) {
        *quiet = policy->draft.settings.quiet;
    }
    return policy->draft.settings.log;
}

const char *
_PyPolicy_LogFile(const _PyPolicy *policy)
{
    return policy->draft.settings.log_file;
}


/* --- Birth and death ---------------------------------------------------- */

/* Keys that an earlier layer has are dropped, and the others move up. */
static void
fill_rules(_PyPolicy *policy)
{
    _PyPolicyDraft *d = &policy->draft;
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->n_rules; i++) {
        _PyPolicyRule rule = d->rules[i];
        if (_PyPolicyTable_Insert(policy, KEYS, rule.key, n)->name
            == rule.key) {
            rule.index = n;
            rule.policy = policy;
            if (rule.n_names > _PyPolicyTable_FEW) {
                insert_names(policy, FIRST_RULE + n, rule.names,
                             rule.n_names);
            }
            d->rules[n++] = rule;
        }
    }
    d->n_rules = n;
}

static void
fill_packages(_PyPolicy *policy)
{
    _PyPolicyDraft *d = &policy->draft;
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->n_packages; i++) {
        _PyPolicyPackage package = d->packages[i];
        if (_PyPolicyTable_Insert(policy, PACKAGES, package.name, n)->name
            == package.name) {
            d->packages[n++] = package;
        }
    }
    d->n_packages = n;
}

static int
fill(_PyPolicy *policy)
{
    const _PyPolicySettings *settings = &policy->draft.settings;
    fill_rules(policy);
    fill_packages(policy);
    insert_names(policy, HOSTS, settings->hosts.names, settings->hosts.n);
    insert_names(policy, LOADERS, settings->loaders.names,
                 settings->loaders.n);
    return _PyPolicyTable_IndexGrants(policy);
}

/* How many pairs the table will hold, at most. */
static size_t
count_names(const _PyPolicyDraft *d)
{
    size_t n = (size_t)d->n_rules + d->n_packages + d->n_entries
               + d->settings.hosts.n + d->settings.loaders.n
               + _PyPolicyTable_CountGrants(d);
    for (uint32_t i = 0; i < d->n_rules; i++) {
        n += d->rules[i].n_names > _PyPolicyTable_FEW ? d->rules[i].n_names
                                                      : 0;
    }
    return n;
}

_PyPolicy *
_PyPolicy_Freeze(const _PyPolicyDraft *draft)
{
    size_t names = count_names(draft), slots = 8;
    while (slots < names + names / 2) {
        slots *= 2;
    }
    _PyPolicy *policy =
        PyMem_RawMalloc(sizeof(*policy) + slots * sizeof(Slot));
    if (policy == NULL) {
        return NULL;
    }
    *policy = (_PyPolicy){.draft = *draft, .mask = slots - 1};
    for (size_t i = 0; i < slots; i++) {
        policy->table[i].name = NULL;       /* nothing else is looked at */
    }
    if (fill(policy) < 0) {
        PyMem_RawFree(policy);
        return NULL;
    }
    return policy;
}

void
_PyPolicyDraft_Clear(_PyPolicyDraft *draft)
{
    for (uint32_t i = 0; i < draft->n_layers; i++) {
        PyMem_RawFree(draft->layers[i].filename);
        PyMem_RawFree(draft->layers[i].strings);
        PyMem_RawFree(draft->layers[i].pool);
    }
    PyMem_RawFree(draft->layers);
    PyMem_RawFree(draft->rules);
    PyMem_RawFree(draft->packages);
    PyMem_RawFree(draft->entries);
    PyMem_RawFree(draft->grants);
    *draft = (_PyPolicyDraft){0};
}

void
_PyPolicy_Free(_PyPolicy *policy)
{
    if (policy != NULL) {
        _PyPolicyDraft_Clear(&policy->draft);
        PyMem_RawFree(policy->whats);
        PyMem_RawFree(policy->lists);
        PyMem_RawFree(policy);
    }
}
