/* Between policy_setup.c, which knows the order, policy_setup_load.c and
   policy_setup_force.c. */

#ifndef Py_INTERNAL_POLICY_SETUP_IMPL_H
#define Py_INTERNAL_POLICY_SETUP_IMPL_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_find.h"
#include "pycore_policy_setup.h"

#include <sys/types.h>            // dev_t, ino_t

/* The policies that were read: sources[i] is where policies[i] came from, its
   path resolved up to the last component. */
typedef struct {
    size_t n;
    const _PyPolicy **policies;
    _PyPolicySource *sources;
    struct {
        dev_t device;
        ino_t inode;
    } *files;
    const char **origins;
    char **locks;               /* names of files, or NULL */
    uint64_t key;               /* of the sources' marks */
} _PyPolicyLoaded;

/* Read all that was found and is there.  Takes the sources over.  -1: it has
   been said; *all is to be cleared in either case. */
extern int _PyPolicySetup_Load(_PyPolicyLoaded *all, _PyPolicyFound *found,
                               const PyConfig *config);
extern void _PyPolicySetup_ClearLoaded(_PyPolicyLoaded *all);

/* Put them in force, with what the interpreter that started this one has
   dropped, and hand all of it to children.  Takes *all over, which is empty
   afterwards.  -1: it has been said. */
extern int _PyPolicySetup_Enforce(_PyPolicyLoaded *all,
                                  const _PyPolicyFound *found);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_SETUP_IMPL_H */
