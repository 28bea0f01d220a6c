/* Are all who act covered? */

#ifndef Py_INTERNAL_POLICY_VERDICT_H
#define Py_INTERNAL_POLICY_VERDICT_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_access.h"
#include "pycore_policy_stack.h"

/* Who had to be covered, by name ("__main__": the application); n of them,
   of which only so many are kept. */
typedef struct {
    size_t n;
    const char *names[16];
} _PyPolicyJudged;

/* What is asked of one policy: a module key's rule, or an access. */
typedef struct {
    size_t number;              /* of the policy among those in force */
    const _PyPolicy *policy;
    const _PyPolicyRule *rule;  /* NULL: it is an access */
    const char *module;         /* of which the rule speaks: so many bytes; */
    size_t module_len;          /* 0: of the event of that name */
    const _PyPolicyAccess *access;
    bool any_target;            /* of the access: its target is not known yet,
                                   count those as covered that depend on it */
    bool permit;                /* the policy is a permit's: whoever acts */
    _PyPolicyJudged *judged;    /* is filled, where all are covered; or NULL */
    /* Answers, for an access. */
    bool depends;               /* somebody was counted like that */
    const _PyPolicyGrant *grant;    /* that refuses; NULL: "$default" */
} _PyPolicyQuestion;

/* Ask the next policy: those in force, then those of the permits that are
   members of the acting set.  Starts with a question that has no policy;
   false behind the last. */
extern bool _PyPolicyVerdict_Next(_PyPolicyQuestion *question,
                                  const _PyPolicyActing *acting);

/* The first of those who act that the policy does not cover: a principal's
   name, "__main__" or "<unknown>"; NULL when it covers all. */
extern const char *_PyPolicyVerdict_Uncovered(_PyPolicyQuestion *question,
                                              const _PyPolicyActing *acting);

/* Whose grant covers this one principal: "" its own, else the ancestor's
   name; NULL when it is not covered. */
extern const char *_PyPolicyVerdict_CoveredBy(_PyPolicyQuestion *question,
                                              const char *principal);

/* The same for whatever is reached (a question without a rule): those count
   as covered who are for some targets. */
extern const char *_PyPolicyVerdict_OfAny(_PyPolicyQuestion *question,
                                          const _PyPolicyActing *acting);

/* Forget every yes: what is in force has changed. */
extern void _PyPolicyVerdict_Forget(void);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_VERDICT_H */
