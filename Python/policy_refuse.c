/* How is it said that something is refused?

   What was asked, of whom, by whom and through whom is put together here for
   policy_denial.c, which logs it, and raises it where the policy enforces. */

#include "Python.h"
#include "pycore_policy_ancestor.h"
#include "pycore_policy_beyond.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_refuse.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_stack_chain.h"

void
_PyPolicyRefuse_Fill(_PyPolicyDenial *denial, PyThreadState *tstate,
                     const char *what, const _PyPolicyQuestion *q,
                     const _PyPolicyActing *acting, const char *who,
                     _PyPolicyKind kind)
{
    uint32_t set = _PyPolicyNarrow_WithoutPermits(acting->set);
    set = _PyPolicy_IsStrict(q->policy) ? _PyPolicyBeyond_Plain(set)
                                        : _PyPolicyBeyond_Strip(set);
    *denial = (_PyPolicyDenial){
        .kind = kind,
        .what = what ? what
                : _PyPolicyCapability_Name(q->access->capability),
        .imported = kind == _PyPolicy_IMPORT ? what : NULL,
        .module = kind == _PyPolicy_IMPORT ? what
                  : q->rule != NULL ? q->rule->key : NULL,
        .policy = q->policy,
        .rule = q->rule,
        .access = q->access,
        .grant = q->grant,
        .acting = set ? set : _PyPrincipal_APPLICATION,
        .principal = who,
        .taken = q->permit ? "permit"
                 : _PyPolicySetup_IsDrop(q->policy) ? "drop" : NULL,
        .covers = _PyPolicyAncestor_Is,
    };
    denial->n_steps = _PyPolicyStack_Chain(tstate, denial->steps,
                                           _PyPolicyDenial_MAX_STEPS);
}

int
_PyPolicyRefuse_Report(PyThreadState *tstate, const char *what,
                       const _PyPolicyQuestion *q,
                       const _PyPolicyActing *acting, const char *who,
                       _PyPolicyKind kind)
{
    _PyPolicyDenial denial;
    _PyPolicyRefuse_Fill(&denial, tstate, what, q, acting, who, kind);
    return _PyPolicyDenial_Report(tstate, &denial);
}
