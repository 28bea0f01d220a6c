/* Who grants it?

   In this order, and the first that speaks decides:

   1. the principal's own entry: about the event, else about its capability.
      It is final, whatever it says.  All names of one distribution are one
      principal: where its own name has no entry, one of the others' is its;
   2. an ancestor's entry, when it grants the operation;
   3. the entry "*", for a dependency;
   4. "$default": what it denies, the application is denied as well.

   The first three may be lists of targets.  All that may say yes is written
   down; policy_permission.c keeps it. */

#include "Python.h"
#include "pycore_policy_ancestor.h"
#include "pycore_policy_permission_look.h"
#include "pycore_policy_setup.h"

#include <string.h>

static const char *
name_of(const _PyPolicyAsked *q)
{
    return _PyPolicyCapability_Name(q->capability);
}

static bool
is_dependency(const char *principal)
{
    return strcmp(principal, "*") != 0 && strcmp(principal, "__main__") != 0;
}

/* Does any dependency's entry speak of it?  If not, nobody needs to know who
   is who, for which metadata has to be read. */
static bool
is_spoken_of(const _PyPolicyAsked *q)
{
    return q->event != NULL || _PyPolicy_SpeaksOf(q->policy, q->capability);
}

/* Has any dependency an entry, if only an empty one? */
static bool
has_entries(const _PyPolicy *policy)
{
    uint32_t first, n;
    const char *name = "*";
    for (uint32_t i = 0; name != NULL && !is_dependency(name); i++) {
        name = _PyPolicy_EntryAt(policy, i, &first, &n);
    }
    return name != NULL;
}

static const _PyPolicyGrant *
grant_by_name(const _PyPolicyAsked *q, const char *principal)
{
    const char *name = name_of(q);
    if (q->event != NULL) {
        return _PyPolicy_GrantOfEvent(q->policy, principal, q->event, name);
    }
    return name ? _PyPolicy_GrantOf(q->policy, principal, name) : NULL;
}

const _PyPolicyGrant *
_PyPolicyPermission_Own(const _PyPolicyAsked *q, const char *principal)
{
    const _PyPolicyGrant *grant = grant_by_name(q, principal);
    if (grant != NULL || strcmp(principal, "__main__") == 0
        || !is_spoken_of(q))
    {
        return grant;
    }
    size_t cursor = 0;
    const char *same;
    while (grant == NULL
           && (same = _PyPolicyAncestor_NextSame(principal, &cursor)))
    {
        grant = grant_by_name(q, same);
    }
    return grant;
}

static bool
is_denied_by_default(const _PyPolicyAsked *q)
{
    const uint32_t DENIED =
        1u << _PyPolicy_NET | 1u << _PyPolicy_READ | 1u << _PyPolicy_WRITE
        | 1u << _PyPolicy_RUN | 1u << _PyPolicy_ENV | 1u << _PyPolicy_FFI
        | 1u << _PyPolicy_SYS | 1u << _PyPolicy_PATCH;
    return _PyPolicy_DefaultDeny(q->policy) && name_of(q) != NULL
           && (DENIED >> q->capability & 1);
}

/* What "*" says to those of that name. */
static const _PyPolicyGrant *
grant_to_everyone(const _PyPolicyAsked *q, const char *principal)
{
    const char *name = name_of(q);
    if (q->event != NULL) {
        return _PyPolicy_EventGrantToEveryone(q->policy, principal, q->event,
                                              name);
    }
    return name ? _PyPolicy_GrantToEveryone(q->policy, principal, name)
                : NULL;
}

/* The entry of all who have none. */
static const _PyPolicyGrant *
common_grant(const _PyPolicyAsked *q)
{
    if (strcmp(q->principal, "__main__") == 0) {
        return NULL;
    }
    const _PyPolicyGrant *grant = grant_to_everyone(q, q->principal);
    size_t cursor = 0;
    const char *same;
    if (grant == NULL || !has_entries(q->policy)
        || (grant->kind == _PyPolicyGrant_ALL && !is_denied_by_default(q)))
    {
        return grant;       /* without it the answer would be the same */
    }
    while (grant != NULL
           && (same = _PyPolicyAncestor_NextSame(q->principal, &cursor)))
    {
        grant = grant_to_everyone(q, same);
    }
    return grant;
}

static void
add_list(_PyPolicyFinding *f, const _PyPolicyGrant *grant)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->lists[i] == grant) {
            return;
        }
    }
    if (f->n == f->capacity) {
        size_t capacity = f->capacity * 2 + 4;
        const _PyPolicyGrant **lists =
            PyMem_RawRealloc(f->lists, capacity * sizeof(*lists));
        if (lists == NULL) {
            f->failed = true;
            return;
        }
        f->lists = lists;
        f->capacity = capacity;
    }
    f->lists[f->n++] = grant;
}

/* What the entry says, where it is the last word.  That of a principal which
   is not what was locked still takes away, and gives nothing. */
static void
take(_PyPolicyFinding *f, const _PyPolicyGrant *grant, bool trusted)
{
    f->grant = grant;
    f->answer = _PyPolicyPermission_NO;
    if (!trusted) {
        return;
    }
    if (grant->kind == _PyPolicyGrant_ALL) {
        f->answer = _PyPolicyPermission_YES;
    }
    else if (grant->kind == _PyPolicyGrant_TARGETS) {
        add_list(f, grant);
    }
}

_PyPolicyAnswer
_PyPolicyPermission_IsDropped(const _PyPolicyAsked *q, const char *ancestor,
                              const _PyPolicyTarget *target)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies);
    _PyPolicyAnswer result = _PyPolicyPermission_NO;
    for (size_t i = 0; i < n && !_PyPolicySetup_IsDrop(q->policy); i++) {
        if (!_PyPolicySetup_IsDrop(policies[i])) {
            continue;
        }
        _PyPolicyAnswer answer = _PyPolicyPermission_Ask(
            policies[i], ancestor, q->capability, q->event, target, NULL,
            NULL);
        if (answer == _PyPolicyPermission_NO) {
            return _PyPolicyPermission_YES;
        }
        if (answer == _PyPolicyPermission_DEPENDS) {
            result = _PyPolicyPermission_DEPENDS;
        }
    }
    return result;
}

/* What the ancestor itself may: its entry about the event wins, and so does
   one of its own over its namespace's.  It only ever adds. */
static void
add_ancestor(_PyPolicyFinding *f, const _PyPolicyAsked *q,
             const char *ancestor)
{
    const _PyPolicyGrant *grant = _PyPolicyPermission_Own(q, ancestor);
    if (grant == NULL || grant->kind == _PyPolicyGrant_NOTHING) {
        return;
    }
    _PyPolicyAnswer dropped = _PyPolicyPermission_IsDropped(q, ancestor, NULL);
    if (dropped == _PyPolicyPermission_YES) {
        return;
    }
    if (grant->kind == _PyPolicyGrant_ALL
        && dropped == _PyPolicyPermission_NO)
    {
        f->grant = grant;
        f->answer = _PyPolicyPermission_YES;
        return;
    }
    add_list(f, grant);
}

static void
add_ancestors(_PyPolicyFinding *f, const _PyPolicyAsked *q, const char *what)
{
    const _PyPolicyGrant *const *grants;
    uint32_t n = _PyPolicy_GrantsOf(q->policy, what, &grants);
    for (uint32_t i = 0; i < n; i++) {
        _PyPolicyNamed cursor = {0};
        const char *one;
        while (f->answer != _PyPolicyPermission_YES
               && (one = _PyPolicyAncestor_NextNamed(
                        q->policy, grants[i]->principal, &cursor)))
        {
            if (_PyPolicyAncestor_Passes(q->policy, one, q->principal)) {
                add_ancestor(f, q, one);
            }
        }
    }
}

void
_PyPolicyPermission_Look(_PyPolicyFinding *f, const _PyPolicyAsked *q)
{
    const _PyPolicyGrant *grant = _PyPolicyPermission_Own(q, q->principal);
    bool trusted = _PyPolicySetup_Trusts(q->policy, q->principal);
    if (grant != NULL) {
        take(f, grant, trusted);
        return;
    }
    grant = common_grant(q);
    if (grant != NULL) {
        take(f, grant, true);
    }
    else {
        f->answer = is_denied_by_default(q) ? _PyPolicyPermission_NO
                                            : _PyPolicyPermission_YES;
    }
    if (f->answer == _PyPolicyPermission_YES || !trusted
        || strcmp(q->principal, "__main__") == 0)
    {
        return;
    }
    if (q->event != NULL) {
        add_ancestors(f, q, q->event);
    }
    if (f->answer != _PyPolicyPermission_YES && name_of(q) != NULL) {
        add_ancestors(f, q, name_of(q));
    }
}
