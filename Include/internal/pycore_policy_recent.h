/* What has been refused lately, in this process? */

#ifndef Py_INTERNAL_POLICY_RECENT_H
#define Py_INTERNAL_POLICY_RECENT_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <stdbool.h>

/* Has anybody asked?  Until then nothing is kept. */
extern bool _PyPolicyRecent_AreWanted(void);

/* Keep a record, as text in raw memory, which is taken. */
extern void _PyPolicyRecent_Add(char *text);

/* From now on they are wanted.  A new list of those from number `first` on
   (bytes, oldest first; as many as are kept), and in *next the number that the
   next one will have.  NULL with an exception set when memory is short. */
PyAPI_FUNC(PyObject *) _PyPolicyRecent_Get(uint64_t first, uint64_t *next);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_RECENT_H */
