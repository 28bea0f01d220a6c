/* May whoever acts use this capability on this target?

   What knows what the C code is about to use (files, hosts, programs,
   variables) asks here; so do those that only want to know.  policy_gate.c
   tells the rest of it. */

#include "Python.h"
#include "pycore_policy_beyond.h"
#include "pycore_policy_denial.h"
#include "pycore_policy_exempt.h"
#include "pycore_policy_gate.h"
#include "pycore_policy_known.h"
#include "pycore_policy_log.h"    // _PyPolicyLog_Note()
#include "pycore_policy_permission.h"
#include "pycore_policy_refuse.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_verdict.h"
#include "pycore_secman.h"
#include "pycore_tstate.h"        // _PyThreadStateImpl

#include <stddef.h>
#include <string.h>

bool
_PyPolicyGate_OnlyLogs(void)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies);
    for (size_t i = 0; i < n; i++) {
        if (_PyPolicy_IsAudit(policies[i])) {
            return true;
        }
    }
    return false;
}

/* What no dependency may, whatever is granted: the first that acts. */
static int
judge_never(PyThreadState *tstate, const _PyPolicyAccess *access,
            const _PyPolicyActing *acting)
{
    const _PyPolicy *const *policies;
    const uint32_t *members;
    size_t n = _PyPolicySetup_Policies(&policies);
    uint32_t set = _PyPolicyBeyond_Strip(acting->set);
    _PyPolicyQuestion q = {.policy = policies[0], .access = access};
    for (size_t i = 0; i < n; i++) {
        if (_PyPolicy_IsStrict(policies[i])) {
            set = _PyPolicyBeyond_Plain(acting->set);
            q.policy = policies[i];
        }
    }
    if (n == 0 || _PyPrincipal_Members(set, &members) == 0
        || (access->again && _PyPolicy_IsAudit(q.policy)))
    {
        return 0;
    }
    _PyPolicyDenial denial;
    _PyPolicyRefuse_Fill(&denial, tstate, access->event, &q, acting,
                         _PyPrincipal_Name(members[0]), _PyPolicy_ACCESS);
    return _PyPolicyDenial_Report(tstate, &denial);
}

/* One question to all policies. */
static int
judge_access(PyThreadState *tstate, const _PyPolicyAccess *access,
             const _PyPolicyActing *acting, bool imports)
{
    if (access->never) {
        return judge_never(tstate, access, acting);
    }
    if (_PyPolicyKnown_Allows(access, acting)) {
        return 0;
    }
    bool logged = false;
    _PyPolicyQuestion q = {.access = access};
    while (_PyPolicyVerdict_Next(&q, acting)) {
        if (!_PyPolicyPermission_Speaks(q.policy, access->capability,
                                        access->event))
        {
            continue;
        }
        const char *who = _PyPolicyVerdict_Uncovered(&q, acting);
        if (who == NULL) {
            continue;
        }
        logged = true;          /* each time: a policy that only audits */
        if (access->again && _PyPolicy_IsAudit(q.policy)) {
            continue;
        }
        _PyPolicyDenial denial;
        _PyPolicyRefuse_Fill(&denial, tstate, access->event, &q, acting, who,
                             _PyPolicy_ACCESS);
        denial.imported = imports ? access->target.text : NULL;
        if (_PyPolicyDenial_Report(tstate, &denial) < 0) {
            return -1;
        }
    }
    if (!logged) {
        _PyPolicyKnown_Remember(access, acting);
    }
    return 0;
}

int
_PyPolicyGate_AccessBy(PyThreadState *tstate, const _PyPolicyAccess *access,
                       const _PyPolicyActing *acting)
{
    return judge_access(tstate, access, acting, false);
}

int
_PyPolicyGate_ImportAccess(PyThreadState *tstate,
                           const _PyPolicyAccess *access)
{
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    return judge_access(tstate, access, &acting, true);
}

/* The managers first.  1: the policies are to be asked as well. */
static int
ask_managers(PyThreadState *tstate, const _PyPolicyAccess *access)
{
    if (_PySecman_DependsAtSeams(access->capability)) {
        int result = _PySecman_JudgeTarget(tstate, access->event,
                                           access->capability,
                                           &access->target);
        if (result < 0
            || ((_PyThreadStateImpl *)tstate)->policy.asks_managers)
        {
            return result;
        }
    }
    return _PyPolicy_Active ? 1 : 0;
}

int
_PyPolicyGate_AccessOf(PyThreadState *tstate, const _PyPolicyAccess *access,
                       const _PyPolicyActing *acting)
{
    int result = ask_managers(tstate, access);
    return result > 0 ? _PyPolicyGate_AccessBy(tstate, access, acting)
                      : result;
}

int
_PyPolicyGate_Access(PyThreadState *tstate, const _PyPolicyAccess *access)
{
    int result = ask_managers(tstate, access);
    if (result <= 0) {
        return result;
    }
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    if (_PyPolicyExempt_Acting(tstate, access->event, access->capability,
                               &acting))
    {
        return 0;
    }
    return _PyPolicyGate_AccessBy(tstate, access, &acting);
}

int
_PyPolicyGate_Allows(PyThreadState *tstate, const _PyPolicyAccess *access,
                     bool log)
{
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    if (_PyPolicyExempt_Acting(tstate, access->event, access->capability,
                               &acting))
    {
        return 1;
    }
    return _PyPolicyGate_AllowsTo(tstate, access, &acting, log);
}

int
_PyPolicyGate_Covers(PyThreadState *tstate, const _PyPolicyAccess *access)
{
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    if (_PyPolicyExempt_Acting(tstate, access->event, access->capability,
                               &acting))
    {
        return 1;
    }
    _PyPolicyQuestion q = {.access = access};
    while (_PyPolicyVerdict_Next(&q, &acting)) {
        if (_PyPolicyPermission_Speaks(q.policy, access->capability,
                                       access->event)
            && _PyPolicyVerdict_Uncovered(&q, &acting) != NULL)
        {
            return 0;
        }
    }
    return 1;
}

/* Is nothing said of it?  Whoever goes through the names of variables asks for
   those that he wants; where an entry says which he is granted, that is known
   to whoever wrote it. */
static bool
is_silent(const _PyPolicyQuestion *q)
{
    return q->access->capability == _PyPolicy_ENV && q->access->target.looks
           && q->grant != NULL;
}

int
_PyPolicyGate_AllowsTo(PyThreadState *tstate, const _PyPolicyAccess *access,
                       const _PyPolicyActing *acting, bool log)
{
    _PyPolicyQuestion q = {.access = access};
    if (_PyPolicyKnown_Allows(access, acting)) {
        return 1;
    }
    while (_PyPolicyVerdict_Next(&q, acting)) {
        if (!_PyPolicyPermission_Speaks(q.policy, access->capability,
                                        access->event))
        {
            continue;
        }
        const char *who = _PyPolicyVerdict_Uncovered(&q, acting);
        if (who != NULL) {
            if (log && !is_silent(&q)) {
                _PyPolicyDenial denial;
                _PyPolicyRefuse_Fill(&denial, tstate, access->event, &q,
                                     acting, who, _PyPolicy_ACCESS);
                _PyPolicyLog_Note(&denial);
            }
            if (!_PyPolicy_IsAudit(q.policy)) {
                return 0;
            }
        }
    }
    _PyPolicyKnown_Remember(access, acting);
    return 1;
}

int
_PyPolicyGate_AllowsAllTo(_PyPolicyCapability capability, const char *event,
                          const _PyPolicyActing *acting)
{
    int known = _PyPolicyKnown_IsWhole(capability, acting);
    if (known >= 0) {
        return known ? 1 : -1;
    }
    _PyPolicyAccess access = {.capability = capability, .event = event};
    _PyPolicyQuestion q = {.access = &access, .any_target = true};
    int result = 1;
    while (_PyPolicyVerdict_Next(&q, acting)) {
        if (!_PyPolicyPermission_Speaks(q.policy, capability, event)) {
            continue;
        }
        if (_PyPolicyVerdict_Uncovered(&q, acting) != NULL) {
            /* Audit mode has to log what is reached. */
            if (!_PyPolicy_IsAudit(q.policy)) {
                return 0;
            }
            result = -1;
        }
        if (q.depends) {
            result = -1;
        }
    }
    return result;
}

int
_PyPolicyGate_AllowsAll(PyThreadState *tstate, _PyPolicyCapability capability,
                        const char *event)
{
    if (_PySecman_DependsAtSeams(capability)) {
        return -1;
    }
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    if (_PyPolicyExempt_Acting(tstate, event, capability, &acting)) {
        return 1;
    }
    return _PyPolicyGate_AllowsAllTo(capability, event, &acting);
}
