/* Are all who act covered?

   The acting set is an integer, its members are names.  A module key covers
   a principal when its list names it, or names an ancestor; what covers an
   access, policy_permission.c knows.  Hosts (programs that call everyone,
   like a test runner) are left out, unless they are innermost or alone.  When
   nobody is left the application is judged, and before it has begun the
   interpreter itself, which may do anything.

   The first yes for a question and an acting set is remembered; policy_known.c
   remembers whose lists of targets have to be looked at.  A no is not: it is
   rare, and a package that is loaded later may add an ancestor. */

#include "Python.h"
#include "pycore_policy_ancestor.h"
#include "pycore_policy_beyond.h"
#include "pycore_policy_known.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_permission.h"
#include "pycore_policy_rule.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_verdict.h"

#include <string.h>

/* Has the ancestor dropped what is asked for?  Then nobody rides on its
   grant any more. */
static bool
is_dropped(const _PyPolicyQuestion *q, const char *ancestor)
{
    const _PyPolicy *const *policies;
    size_t n = q->module != NULL && _PyPolicyNarrow_HasKeys()
               ? _PyPolicySetup_Policies(&policies) : 0;
    for (size_t i = 0; i < n; i++) {
        const _PyPolicyRule *rule = NULL;
        if (_PyPolicy_IsNote(policies[i])) {
            rule = q->module_len == 0
                ? _PyPolicyRule_OfEvent(policies[i], q->module)
                : _PyPolicyRule_OfImport(policies[i], q->module,
                                         q->module_len, true);
        }
        if (rule != NULL && !rule->everyone
            && _PyPolicyNarrow_TakesFrom(policies[i], ancestor))
        {
            return true;
        }
    }
    return false;
}

static const char *
covered_by_rule(const _PyPolicyQuestion *q, const char *name)
{
    const _PyPolicyRule *rule = q->rule;
    if (rule->everyone) {
        return "";
    }
    if (!_PyPolicySetup_Trusts(rule->policy, name)) {
        return NULL;            /* what names it, named another */
    }
    if (_PyPolicy_RuleNames(rule, name)) {
        return "";
    }
    if (_PyPolicy_IsNote(rule->policy)) {
        return _PyPolicyNarrow_TakesFrom(rule->policy, name) ? NULL : "";
    }
    for (uint32_t i = 0; i < rule->n_names; i++) {
        if (_PyPolicyAncestor_Is(rule->policy, rule->names[i], name)
            && !is_dropped(q, rule->names[i]))
        {
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
    if (q->rule != NULL && _PyPolicy_IsNote(q->policy)) {
        return covered_by_rule(q, "__main__") != NULL;
    }
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
    return q->rule != NULL ? covered_by_rule(q, principal)
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

/* One that is not what was locked is trusted with nothing. */
static bool
is_host(const _PyPolicy *policy, const char *name)
{
    return _PyPolicy_IsHost(policy, name)
           && _PyPolicySetup_Trusts(policy, name);
}

/* All names of one distribution are one principal.  Asked for last: it is
   rare, and has to know what is installed. */
static bool
is_host_by_another_name(const _PyPolicy *policy, const char *name)
{
    const char *const *hosts, *same;
    size_t cursor = 0;
    while (_PyPolicy_Hosts(policy, &hosts) > 0
           && (same = _PyPolicyAncestor_NextSame(name, &cursor)))
    {
        if (is_host(policy, same)) {
            return true;
        }
    }
    return false;
}

/* Who stands beyond the application answers to a strict policy alone, and
   beside those who act, be they the application or others.  Hosts that call
   it are what makes it run. */
static const char *
uncovered_beyond(_PyPolicyQuestion *q, const char *name)
{
    if (!_PyPolicy_IsStrict(q->policy) || is_host(q->policy, name)) {
        return NULL;
    }
    /* Nobody known, or who takes the reserved name. */
    bool nobody = strcmp(name, _PyPrincipal_Name(0)) == 0
                  || strcmp(name, "__main__") == 0;
    return !nobody && (_PyPolicyVerdict_CoveredBy(q, name) != NULL
                       || is_host_by_another_name(q->policy, name))
           ? NULL : name;
}

static void
add_judged(_PyPolicyQuestion *q, const char *name)
{
    _PyPolicyJudged *judged = q->judged;
    if (judged != NULL) {
        judged->names[judged->n % Py_ARRAY_LENGTH(judged->names)] = name;
        judged->n++;
    }
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
    if (q->judged != NULL) {
        q->judged->n = 0;
    }
    bool skipped = false, other = false;
    for (size_t i = 0; i < n; i++) {
        const char *name = _PyPrincipal_Name(members[i]);
        if (members[i] == 0 || strcmp(name, "__main__") == 0) {
            return name;        /* nobody, or who takes the reserved name */
        }
        if (_PyPolicyNarrow_IsPermit(name)) {
            continue;           /* has a policy of its own */
        }
        if (_PyPolicyBeyond_Name(name) != NULL) {
            const char *who = uncovered_beyond(q, _PyPolicyBeyond_Name(name));
            if (who != NULL) {
                return who;
            }
            continue;
        }
        if (!hosts && is_host(q->policy, name)
            && !is_member(acting->inner, members[i]))
        {
            skipped = true;
            continue;
        }
        if (_PyPolicyVerdict_CoveredBy(q, name) == NULL) {
            if (!hosts && is_host_by_another_name(q->policy, name)
                && !is_member(acting->inner, members[i]))
            {
                skipped = true;
                continue;
            }
            return name;
        }
        add_judged(q, name);
        (*judged)++;
    }
    /* Are those who were judged hosts as well, by another name?  Then hosts
       are all there is. */
    for (size_t i = 0; skipped && !other && i < n; i++) {
        const char *name = _PyPrincipal_Name(members[i]);
        other = !_PyPolicyNarrow_IsPermit(name)
                && _PyPolicyBeyond_Name(name) == NULL
                && (is_member(acting->inner, members[i])
                    || (!is_host(q->policy, name)
                        && !is_host_by_another_name(q->policy, name)));
    }
    *judged = skipped && !other ? 0 : *judged;
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
    if (who == NULL && judged == 0 && _PyPolicySetup_Started()) {
        add_judged(q, "__main__");
        who = covers_application(q) ? NULL : "__main__";
    }
    return who;
}

static bool
is_host_anywhere(const char *name)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies);
    while (n > 0 && !is_host(policies[n - 1], name)) {
        n--;
    }
    return n > 0;
}

/* A permit covers what its own policy allows to everybody.  It narrows hosts
   like anyone, but whom they called is told before them. */
static const char *
find_narrowed(_PyPolicyQuestion *q, const _PyPolicyActing *acting)
{
    if (q->rule != NULL
        ? q->rule->everyone
        : covered_by_grant(q, _PyPolicyNarrow_WHOEVER) != NULL)
    {
        return NULL;
    }
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(acting->set, &members);
    const char *host = NULL;
    for (size_t i = 0; i < n; i++) {
        const char *name = _PyPrincipal_Name(members[i]);
        if (_PyPolicyNarrow_IsPermit(name)
            || _PyPolicyBeyond_Name(name) != NULL)
        {
            continue;
        }
        if (is_member(acting->inner, members[i]) || !is_host_anywhere(name)) {
            return name;
        }
        host = name;
    }
    return host != NULL ? host : "__main__";
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
static uint64_t verdicts[512];

#define ACCESS (1u << 16)       /* above the numbers of rules */

static uint64_t
key_of(const _PyPolicyQuestion *q, const _PyPolicyActing *acting)
{
    uint32_t what;
    if (q->rule != NULL) {
        what = q->rule->index;
        if (what >= ACCESS || _PyPolicyNarrow_HasKeys()) {
            return 0;           /* what was dropped is not all of its key */
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
    if (q->rule != NULL && acting->nobody && _PyPolicy_IsNote(q->policy)
        && !_PyPolicySetup_Started())
    {
        return NULL;            /* a child has to start, first of all */
    }
    if (q->permit) {
        q->depends = false;
        q->grant = NULL;
        return find_narrowed(q, acting);
    }
    uint64_t key = key_of(q, acting);
    uint64_t *slot = &verdicts[(key ^ key >> 11 ^ key >> 23)
                               % Py_ARRAY_LENGTH(verdicts)];
    if (key != 0 && _Py_atomic_load_uint64_relaxed(slot) == key) {
        return NULL;
    }
    int then = _Py_atomic_load_int(&_PyPolicyAccess_Changes);
    const char *who = find_uncovered(q, acting);
    /* What was covered by its target is no yes to other targets. */
    bool always = q->rule != NULL || (q->any_target && !q->depends);
    if (who == NULL && key != 0 && always
        && _PyPolicyAccess_BeginKeeping(then))
    {
        _Py_atomic_store_uint64_relaxed(slot, key);
        _PyPolicyAccess_EndKeeping();
    }
    return who;
}

const char *
_PyPolicyVerdict_OfAny(_PyPolicyQuestion *q, const _PyPolicyActing *acting)
{
    q->any_target = true;
    q->depends = false;
    q->grant = NULL;
    return find_uncovered(q, acting);
}

void
_PyPolicyVerdict_Forget(void)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(verdicts); i++) {
        _Py_atomic_store_uint64_relaxed(&verdicts[i], 0);
    }
}
