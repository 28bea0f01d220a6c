/* What does this policy's "$permissions" say about somebody and something?

   Three kinds of names meet in an answer: the layer (the policy's own file,
   then those that it extends), the principal with the namespaces that it lies
   below, and the capability or event that is asked about.  Each layer has a
   set of the principals that it has entries for, and each entry that names
   many things a set of them, all in the one table of policy.c.  So a question
   costs a lookup for each dot in each layer, and one more where an entry was
   found, however many entries there are.

   The order is: layer, then principal from the longest name, then what.  An
   entry for `google.cloud.storage` that does not name what is asked leaves
   the answer to one for `google.cloud`: otherwise a grant of one thing would
   lift what the other refuses.

   What ancestors may pass down is collected when the policy is made, for each
   capability and event that any grant names, and once for all others, which
   only the entries that are true as a whole grant.

   Called by policy_permission.c, which decides what follows from it. */

#ifdef POLICY_STANDALONE
#  include <stdlib.h>
#  define PyMem_RawMalloc malloc
#  define PyMem_RawCalloc calloc
#  define PyMem_RawFree free
#else
#  include "Python.h"
#endif
#include "pycore_policy_table.h"

#include <string.h>

typedef _PyPolicyGrant Grant;
typedef _PyPolicyEntry Entry;
typedef _PyPolicySlot Slot;

#define WHATS _PyPolicyTable_WHATS

/* What net, read, write, run, env, ffi, patch and sys are in a set of bits:
   what "$default": "deny" denies. */
#define DENIED_BY_DEFAULT ((1u << _PyPolicy_CODE) - 1)


/* --- The way to a grant ------------------------------------------------- */

static uint32_t
layer_set(const _PyPolicy *policy, uint32_t layer)
{
    return _PyPolicyTable_FIRST + policy->draft.n_rules + layer;
}

static uint32_t
entry_set(const _PyPolicy *policy, uint32_t entry)
{
    return layer_set(policy, policy->draft.n_layers) + entry;
}

static bool
is_whole(const Grant *grant)
{
    return grant->what[0] == '*' && grant->what[1] == '\0';
}

/* Does a grant by this name pass anything down? */
static bool
is_dependency(const char *principal)
{
    return (principal[0] != '*' && principal[0] != '_')
           || (strcmp(principal, "*") != 0
               && strcmp(principal, "__main__") != 0);
}

static const Grant *
grant_named(const _PyPolicy *policy, uint32_t entry, const char *what)
{
    const _PyPolicyDraft *d = &policy->draft;
    if (what == NULL) {
        return NULL;
    }
    if (d->entries[entry].n > _PyPolicyTable_FEW) {
        const Slot *slot = _PyPolicyTable_Find(
            policy, entry_set(policy, entry), what, strlen(what));
        return slot == NULL ? NULL : &d->grants[slot->value];
    }
    const Grant *grant = &d->grants[d->entries[entry].first];
    for (uint32_t i = 0; i < d->entries[entry].n; i++, grant++) {
        if (grant->what[0] == what[0] && strcmp(grant->what, what) == 0) {
            return grant;
        }
    }
    return NULL;
}

/* What an entry says about an event, or else about its capability. */
static const Grant *
grant_in_entry(const _PyPolicy *policy, uint32_t index, const char *event,
               const char *capability)
{
    const Entry *entry = &policy->draft.entries[index];
    if (entry->n == 0) {
        return NULL;
    }
    const Grant *first = &policy->draft.grants[entry->first];
    if (is_whole(first)) {
        return first;
    }
    const Grant *grant = grant_named(policy, index, event);
    return grant != NULL ? grant : grant_named(policy, index, capability);
}

static const Grant *
grant_in_layer(const _PyPolicy *policy, uint32_t layer,
               const char *principal, const char *event,
               const char *capability)
{
    size_t full = strlen(principal), len = full;
    const Grant *grant = NULL;
    while (grant == NULL && len > 0) {
        const Slot *slot = _PyPolicyTable_Find(
            policy, layer_set(policy, layer), principal, len);
        if (slot != NULL) {
            grant = grant_in_entry(policy, slot->value, event, capability);
        }
        len = _PyPolicyTable_Namespace(principal, full, len);
    }
    return grant;
}

static bool
has_entry(const _PyPolicy *policy, uint32_t layer, const char *principal)
{
    size_t full = strlen(principal), len = full;
    while (len > 0) {
        if (_PyPolicyTable_Find(policy, layer_set(policy, layer), principal,
                                len) != NULL) {
            return true;
        }
        len = _PyPolicyTable_Namespace(principal, full, len);
    }
    return false;
}


/* --- Questions ---------------------------------------------------------- */

const Grant *
_PyPolicy_GrantOfEvent(const _PyPolicy *policy, const char *principal,
                       const char *event, const char *capability)
{
    const Grant *grant = NULL;
    /* A package may be called "*" by whoever makes the file. */
    if (policy->draft.n_entries == 0 || strcmp(principal, "*") == 0) {
        return NULL;
    }
    for (uint32_t i = 0; grant == NULL && i < policy->draft.n_layers; i++) {
        grant = grant_in_layer(policy, i, principal, event, capability);
    }
    return grant;
}

const Grant *
_PyPolicy_GrantOf(const _PyPolicy *policy, const char *principal,
                  const char *what)
{
    return _PyPolicy_GrantOfEvent(policy, principal, what, NULL);
}

const Grant *
_PyPolicy_EventGrantToEveryone(const _PyPolicy *policy,
                               const char *principal, const char *event,
                               const char *capability)
{
    const Grant *grant = NULL;
    if (policy->draft.n_entries == 0 || strcmp(principal, "__main__") == 0) {
        return NULL;
    }
    for (uint32_t i = 0; grant == NULL && i < policy->draft.n_layers; i++) {
        const Slot *slot = _PyPolicyTable_Find(policy, layer_set(policy, i),
                                               "*", 1);
        if (slot != NULL && (strcmp(principal, "*") == 0 ||
                             !has_entry(policy, i, principal))) {
            grant = grant_in_entry(policy, slot->value, event, capability);
        }
    }
    return grant;
}

const Grant *
_PyPolicy_GrantToEveryone(const _PyPolicy *policy, const char *principal,
                          const char *what)
{
    return _PyPolicy_EventGrantToEveryone(policy, principal, what, NULL);
}

uint32_t
_PyPolicy_GrantsOf(const _PyPolicy *policy, const char *what,
                   const Grant *const **grants)
{
    const Slot *slot = _PyPolicyTable_Find(policy, WHATS, what, strlen(what));
    const _PyPolicyGrantList *list =
        &policy->whats[slot != NULL ? slot->value : policy->n_whats];
    *grants = policy->lists + list->first;
    return list->n;
}

bool
_PyPolicy_DefaultDeny(const _PyPolicy *policy)
{
    return policy->draft.settings.deny;
}

uint32_t
_PyPolicy_Capabilities(const _PyPolicy *policy)
{
    return policy->capabilities;
}

bool
_PyPolicy_NamesEvents(const _PyPolicy *policy)
{
    return policy->events;
}

bool
_PyPolicy_NamesEvent(const _PyPolicy *policy, const char *event)
{
    return policy->events &&
           _PyPolicyCapability_Named(event, strlen(event))
               == _PyPolicy_NO_CAPABILITY &&
           _PyPolicyTable_Find(policy, WHATS, event, strlen(event)) != NULL;
}

uint32_t
_PyPolicy_CountGrants(const _PyPolicy *policy)
{
    return policy->draft.n_grants;
}

const Grant *
_PyPolicy_GrantAt(const _PyPolicy *policy, uint32_t index)
{
    return index < policy->draft.n_grants ? &policy->draft.grants[index]
                                          : NULL;
}

const char *
_PyPolicy_EntryAt(const _PyPolicy *policy, uint32_t i, uint32_t *first,
                  uint32_t *n)
{
    if (i >= policy->draft.n_entries) {
        return NULL;
    }
    const Entry *entry = &policy->draft.entries[i];
    *first = entry->first;
    *n = entry->n;
    return entry->principal;
}


/* --- Making the index --------------------------------------------------- */

size_t
_PyPolicyTable_CountGrants(const _PyPolicyDraft *d)
{
    size_t n = _PyPolicy_N_CAPABILITIES;
    for (uint32_t i = 0; i < d->n_grants; i++) {
        n += d->grants[i].capability == _PyPolicy_NO_CAPABILITY;
    }
    for (uint32_t i = 0; i < d->n_entries; i++) {
        n += d->entries[i].n > _PyPolicyTable_FEW ? d->entries[i].n : 0;
    }
    return n;
}

/* The list of what the grant names. */
static _PyPolicyGrantList *
list_of(const _PyPolicy *policy, const Grant *grant)
{
    uint32_t value = grant->capability != _PyPolicy_NO_CAPABILITY
        ? policy->capability_whats[grant->capability] - 1
        : _PyPolicyTable_Find(policy, WHATS, grant->what,
                              strlen(grant->what))->value;
    return &policy->whats[value];
}

/* What is named for the first time has a list from now on. */
static void
insert_what(_PyPolicy *policy, const Grant *grant)
{
    uint32_t *number = &policy->capability_whats[grant->capability];
    if (*number != 0) {
        return;
    }
    if (_PyPolicyTable_Insert(policy, WHATS, grant->what,
                              policy->n_whats)->name == grant->what)
    {
        policy->whats[policy->n_whats++].what = grant->what;
    }
    if (grant->capability == _PyPolicy_NO_CAPABILITY) {
        policy->events = true;
    }
    else {
        *number = policy->n_whats;
        policy->capabilities |= 1u << grant->capability;
    }
}

/* `whole` counts the grants that go into every list; each of the others may
   go into its own. */
static void
insert_grant(_PyPolicy *policy, uint32_t entry, Grant *grant, uint32_t index,
             size_t *whole)
{
    grant->index = index;
    grant->policy = policy;
    if (is_whole(grant)) {
        ++*whole;
        return;
    }
    if (policy->draft.entries[entry].n > _PyPolicyTable_FEW) {
        _PyPolicyTable_Insert(policy, entry_set(policy, entry), grant->what,
                              index);
    }
    insert_what(policy, grant);
    list_of(policy, grant)->n++;
}

static size_t
insert_entries(_PyPolicy *policy)
{
    const _PyPolicyDraft *d = &policy->draft;
    size_t whole = 0;
    for (uint32_t i = 0; i < d->n_entries; i++) {
        const Entry *entry = &d->entries[i];
        _PyPolicyTable_Insert(policy, layer_set(policy, entry->layer),
                              entry->principal, i);
        for (uint32_t j = 0; j < entry->n; j++) {
            insert_grant(policy, i, &d->grants[entry->first + j],
                         entry->first + j, &whole);
        }
    }
    if (d->settings.deny) {
        policy->capabilities |= DENIED_BY_DEFAULT;
    }
    return whole;
}

/* Not when an earlier layer says something else about it. */
static void
collect_grant(_PyPolicy *policy, const Entry *entry, const Grant *grant,
              _PyPolicyGrantList *list)
{
    if (entry->layer == 0
        || _PyPolicy_GrantOf(policy, grant->principal, list->what) == grant)
    {
        policy->lists[list->first + list->n++] = grant;
    }
}

/* What does the entry of a dependency pass down? */
static void
collect_entry(_PyPolicy *policy, const Entry *entry)
{
    for (uint32_t i = 0; i < entry->n; i++) {
        const Grant *grant = &policy->draft.grants[entry->first + i];
        if (grant->kind == _PyPolicyGrant_NOTHING) {
            continue;
        }
        if (!is_whole(grant)) {
            collect_grant(policy, entry, grant, list_of(policy, grant));
            continue;
        }
        for (uint32_t k = 0; k <= policy->n_whats; k++) {
            collect_grant(policy, entry, grant, &policy->whats[k]);
        }
    }
}

int
_PyPolicyTable_IndexGrants(_PyPolicy *policy)
{
    const _PyPolicyDraft *d = &policy->draft;
    policy->whats = PyMem_RawCalloc(_PyPolicyTable_CountGrants(d) + 1,
                                    sizeof(*policy->whats));
    if (policy->whats == NULL) {
        return -1;
    }
    size_t whole = insert_entries(policy), room = 0;
    policy->whats[policy->n_whats].what = "";   /* what no grant names */
    for (uint32_t k = 0; k <= policy->n_whats; k++) {
        policy->whats[k].first = room;
        room += policy->whats[k].n + whole;
        policy->whats[k].n = 0;
    }
    policy->lists = PyMem_RawMalloc((room + 1) * sizeof(*policy->lists));
    if (policy->lists == NULL) {
        PyMem_RawFree(policy->whats);
        policy->whats = NULL;
        return -1;
    }
    for (uint32_t i = 0; i < d->n_entries; i++) {
        if (is_dependency(d->entries[i].principal)) {
            collect_entry(policy, &d->entries[i]);
        }
    }
    return 0;
}
