/* Are all who act covered?

   The acting set is an integer, its members are names.  A module key covers
   a principal when its list names it, or names an ancestor; what covers an
   access, policy_permission.c knows.  Hosts (programs that call everyone,
   like a test runner) are left out, unless they are innermost or alone.  When
   nobody is left the application is judged, and before it has begun the
   interpreter itself, which may do anything.

   The first yes for a question and an acting set is remembered.  A no is not:
   it is rare, and a package that is loaded later may add an ancestor. */

#include "Python.h"
#include "pycore_policy_ancestor.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_permission.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_verdict.h"

#include <string.h>

static const char *
covered_by_rule(const _PyPolicyRule *rule, const char *name)
{
    if (rule->everyone || _PyPolicy_RuleNames(rule, name)) {
        return "";
    }
    for (uint32_t i = 0; i < rule->n_names; i++) {
        if (_PyPolicyAncestor_Is(rule->policy, rule->names[i], name)) {
            return rule->names[i];
        }
    }
    return NULL;
}

static const char *
covered_by_grant(_PyPolicyQuestion *q, const char *name)
{
    const _PyPolicyAccess *access = q->access;
    const char *ancestor = "";
    _PyPolicyAnswer answer = _PyPolicyPermission_Ask(
        q->policy, name, access->capability, access->event,
        q->any_target ? NULL : &access->target, &q->grant, &ancestor);
    if (answer == _PyPolicyPermission_DEPENDS) {
        q->depends = true;
        return "";
    }
    return answer == _PyPolicyPermission_YES ? ancestor : NULL;
}

static bool
covers_application(_PyPolicyQuestion *q)
{
    if (q->rule != NULL) {
        return q->rule->application
               || _PyPolicyPermission_ApplicationFree(q->policy);
    }
    return covered_by_grant(q, "__main__") != NULL;
}

const char *
_PyPolicyVerdict_CoveredBy(_PyPolicyQuestion *q, const char *principal)
{
    if (strcmp(principal, "__main__") == 0) {
        return covers_application(q) ? "" : NULL;
    }
    return q->rule != NULL ? covered_by_rule(q->rule, principal)
                           : covered_by_grant(q, principal);
}

static bool
is_member(uint32_t set, uint32_t principal)
{
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(set, &members);
    for (size_t i = 0; i < n; i++) {
        if (members[i] == principal) {
            return true;
        }
    }
    return false;
}

/* The first of a set that is not covered; NULL when all are.  Hosts that are
   not innermost are left out, unless told otherwise; *judged counts the
   others. */
static const char *
first_uncovered(_PyPolicyQuestion *q, const _PyPolicyActing *acting,
                bool hosts, size_t *judged)
{
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(acting->set, &members);
    *judged = 0;
    for (size_t i = 0; i < n; i++) {
        const char *name = _PyPrincipal_Name(members[i]);
        if (members[i] == 0 || strcmp(name, "__main__") == 0) {
            return name;        /* nobody, or who takes the reserved name */
        }
        if (_PyPolicyNarrow_IsPermit(name)) {
            continue;           /* has a policy of its own */
        }
        if (!hosts && _PyPolicy_IsHost(q->policy, name)
            && !is_member(acting->inner, members[i]))
        {
            continue;
        }
        (*judged)++;
        if (_PyPolicyVerdict_CoveredBy(q, name) == NULL) {
            return name;
        }
    }
    return NULL;
}

static const char *
find_uncovered(_PyPolicyQuestion *q, const _PyPolicyActing *acting)
{
    size_t judged;
    if (q->rule != NULL && q->rule->everyone) {
        return NULL;
    }
    const char *who = first_uncovered(q, acting, false, &judged);
    if (who == NULL && judged == 0 && acting->set != _PyPrincipal_STDLIB) {
        /* Hosts are all there is. */
        who = first_uncovered(q, acting, true, &judged);
    }
    if (who == NULL && judged == 0 && _PyPolicySetup_Started()
        && !covers_application(q))
    {
        who = "__main__";
    }
    return who;
}

/* A permit covers what its own policy allows to everybody. */
static const char *
find_narrowed(_PyPolicyQuestion *q, const _PyPolicyActing *acting)
{
    if (covered_by_grant(q, _PyPolicyNarrow_WHOEVER) != NULL) {
        return NULL;
    }
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(acting->set, &members);
    for (size_t i = 0; i < n; i++) {
        const char *name = _PyPrincipal_Name(members[i]);
        if (!_PyPolicyNarrow_IsPermit(name)) {
            return name;
        }
    }
    return "__main__";
}

bool
_PyPolicyVerdict_Next(_PyPolicyQuestion *q, const _PyPolicyActing *acting)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies);
    const uint32_t *members;
    size_t end = n + _PyPrincipal_Members(acting->set, &members);
    size_t i = q->policy == NULL ? 0 : q->number + 1;
    for (; i < end; i++) {
        if (i >= n
            && !_PyPolicyNarrow_IsPermit(_PyPrincipal_Name(members[i - n])))
        {
            continue;
        }
        q->number = i;
        q->permit = i >= n;
        q->policy = q->permit ? _PyPolicyNarrow_PolicyOf(members[i - n])
                              : policies[i];
        if (q->policy == NULL) {
            Py_FatalError("a permit has no policy");
        }
        return true;
    }
    return false;
}

/* Yes, remembered: the question, the acting set and the innermost set in one
   word, whole or absent.  What does not fit is judged each time. */
static uint64_t verdicts[1024];

#define ACCESS (1u << 16)       /* above the numbers of rules */

static uint64_t
key_of(const _PyPolicyQuestion *q, const _PyPolicyActing *acting)
{
    uint32_t what;
    if (q->rule != NULL) {
        what = q->rule->index;
        if (what >= ACCESS) {
            return 0;
        }
    }
    else if (_PyPolicy_NamesEvents(q->policy)) {
        return 0;               /* capabilities are not all that counts */
    }
    else {
        what = ACCESS | q->access->capability;
    }
    if (q->number >= 16 || acting->set >= 1u << 21
        || acting->inner >= 1u << 21 || !_PyPolicySetup_Started())
    {
        return 0;
    }
    return 1 | (uint64_t)q->number << 1 | (uint64_t)what << 5
           | (uint64_t)acting->set << 22 | (uint64_t)acting->inner << 43;
}

const char *
_PyPolicyVerdict_Uncovered(_PyPolicyQuestion *q,
                           const _PyPolicyActing *acting)
{
    q->depends = false;
    q->grant = NULL;
    if (acting->interpreter && q->rule == NULL
        && acting->set == _PyPrincipal_STDLIB)
    {
        return NULL;            /* it opens the script, and the like */
    }
    if (q->permit) {
        q->depends = false;
        q->grant = NULL;
        return find_narrowed(q, acting);
    }
    uint64_t key = key_of(q, acting);
    uint64_t *slot = &verdicts[(key ^ key >> 11 ^ key >> 23) % 1024];
    if (key != 0 && _Py_atomic_load_uint64_relaxed(slot) == key) {
        return NULL;
    }
    const char *who = find_uncovered(q, acting);
    /* What was covered by its target is no yes to other targets. */
    bool always = q->rule != NULL || (q->any_target && !q->depends);
    if (who == NULL && key != 0 && always) {
        _Py_atomic_store_uint64_relaxed(slot, key);
    }
    return who;
}

void
_PyPolicyVerdict_Forget(void)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(verdicts); i++) {
        _Py_atomic_store_uint64_relaxed(&verdicts[i], 0);
    }
}
