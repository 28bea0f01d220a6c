/* What is not judged, because nothing is gained by it? */

#ifndef Py_INTERNAL_POLICY_EXEMPT_H
#define Py_INTERNAL_POLICY_EXEMPT_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_stack.h"
#include "pycore_policy_target.h"

#include <stdarg.h>

/* By the event and where it comes from, before anybody is asked who acts.
   `format` and `arguments` may be NULL. */
extern bool _PyPolicyExempt_Event(PyThreadState *tstate, const char *event,
                                  const char *format, va_list *arguments);

/* By the innermost code, which is one of the standard library's generators or
   loggers: a part of the next. */
extern bool _PyPolicyExempt_Generator(PyThreadState *tstate,
                                      const char *event);

/* By who acts.  `event` may be NULL. */
extern bool _PyPolicyExempt_Acting(PyThreadState *tstate, const char *event,
                                   _PyPolicyCapability capability,
                                   const _PyPolicyActing *acting);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_EXEMPT_H */
