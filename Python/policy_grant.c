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
    return strcmp(principal, "*") != 0 && strcmp(principal, "__main__") != 0;
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
_PyPolicy_SpeaksOf(const _PyPolicy *policy, _PyPolicyCapability capability)
{
    return policy->spoken >> capability & 1;
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

static void
insert_what(_PyPolicy *policy, const Grant *grant)
{
    uint32_t *number = &policy->capability_whats[grant->capability];
    bool is_event = grant->capability == _PyPolicy_NO_CAPABILITY;
    if ((is_event || *number == 0)
        && _PyPolicyTable_Insert(policy, WHATS, grant->what,
                                 policy->n_whats)->name == grant->what)
    {
        policy->n_whats++;
    }
    if (is_event) {
        policy->events = true;
    }
    else if (*number == 0) {
        *number = policy->n_whats;
        policy->capabilities |= 1u << grant->capability;
    }
}

static void
insert_grant(_PyPolicy *policy, uint32_t entry, Grant *grant, uint32_t index)
{
    grant->index = index;
    grant->policy = policy;
    if (is_dependency(grant->principal)) {
        policy->spoken |= is_whole(grant) ? UINT32_MAX
                                          : 1u << grant->capability;
    }
    if (is_whole(grant)) {
        return;
    }
    if (policy->draft.entries[entry].n > _PyPolicyTable_FEW) {
        _PyPolicyTable_Insert(policy, entry_set(policy, entry), grant->what,
                              index);
    }
    insert_what(policy, grant);
}

static void
insert_entries(_PyPolicy *policy)
{
    const _PyPolicyDraft *d = &policy->draft;
    for (uint32_t i = 0; i < d->n_entries; i++) {
        const Entry *entry = &d->entries[i];
        _PyPolicyTable_Insert(policy, layer_set(policy, entry->layer),
                              entry->principal, i);
        for (uint32_t j = 0; j < entry->n; j++) {
            insert_grant(policy, i, &d->grants[entry->first + j],
                         entry->first + j);
        }
    }
    if (d->settings.deny) {
        policy->capabilities |= DENIED_BY_DEFAULT;
    }
}

/* Does a dependency pass this grant of `what` down?  Not when an earlier layer
   says something else about it. */
static bool
passes(const _PyPolicy *policy, const Entry *entry, const Grant *grant,
       const char *what)
{
    return grant->kind != _PyPolicyGrant_NOTHING &&
           (entry->layer == 0 ||
            _PyPolicy_GrantOf(policy, grant->principal, what) == grant);
}

/* The number of the list of what the grant names. */
static uint32_t
list_of(const _PyPolicy *policy, const Grant *grant)
{
    return grant->capability != _PyPolicy_NO_CAPABILITY
           ? policy->capability_whats[grant->capability] - 1
           : _PyPolicyTable_Find(policy, WHATS, grant->what,
                                 strlen(grant->what))->value;
}

/* `names` are what the lists are of. */
static void
collect_grant(_PyPolicy *policy, const Entry *entry, const Grant *grant,
              const char **names)
{
    uint32_t from = 0, to = policy->n_whats + 1;
    if (!is_whole(grant)) {
        from = list_of(policy, grant);
        to = from + 1;
    }
    for (uint32_t k = from; k < to; k++) {
        _PyPolicyGrantList *list = &policy->whats[k];
        if (passes(policy, entry, grant, names[k])) {
            if (policy->lists != NULL) {
                policy->lists[list->first + list->n] = grant;
            }
            list->n++;
        }
    }
}

/* One of two passes over all that goes into the lists: the first counts, the
   second stores. */
static void
collect(_PyPolicy *policy, const char **names)
{
    const _PyPolicyDraft *d = &policy->draft;
    for (uint32_t i = 0; i < d->n_entries; i++) {
        const Entry *entry = &d->entries[i];
        uint32_t n = is_dependency(entry->principal) ? entry->n : 0;
        for (uint32_t j = 0; j < n; j++) {
            collect_grant(policy, entry, &d->grants[entry->first + j],
                          names);
        }
    }
}

static void
collect_names(const _PyPolicy *policy, const char **names)
{
    for (uint32_t i = 0; i < policy->draft.n_grants; i++) {
        const Grant *grant = &policy->draft.grants[i];
        if (!is_whole(grant)) {
            names[list_of(policy, grant)] = grant->what;
        }
    }
    names[policy->n_whats] = "";        /* what no grant names */
}

int
_PyPolicyTable_IndexGrants(_PyPolicy *policy)
{
    insert_entries(policy);
    size_t n = (size_t)policy->n_whats + 1, total = 0;
    const char **names = PyMem_RawCalloc(n, sizeof(*names));
    policy->whats = PyMem_RawCalloc(n, sizeof(*policy->whats));
    if (names == NULL || policy->whats == NULL) {
        goto error;
    }
    collect_names(policy, names);
    collect(policy, names);
    for (size_t i = 0; i < n; i++) {
        policy->whats[i].first = total;
        total += policy->whats[i].n;
        policy->whats[i].n = 0;
    }
    policy->lists = PyMem_RawCalloc(total + 1, sizeof(*policy->lists));
    if (policy->lists == NULL) {
        goto error;
    }
    collect(policy, names);
    PyMem_RawFree(names);
    return 0;

error:
    PyMem_RawFree(names);
    PyMem_RawFree(policy->whats);
    policy->whats = NULL;
    return -1;
}
