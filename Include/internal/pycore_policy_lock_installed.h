#ifndef Py_INTERNAL_POLICY_LOCK_INSTALLED_H
#define Py_INTERNAL_POLICY_LOCK_INSTALLED_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_lock.h"

/* Which distributions are installed, and which of them as they were locked?
   For policy_lock_state.c alone, which has the mutex that all of this is
   under. */

typedef enum {
    _PyPolicyInstalled_UNREAD,
    _PyPolicyInstalled_SAME,      /* its RECORD has the locked digest */
    _PyPolicyInstalled_CHANGED,
} _PyPolicyInstalledStatus;

/* A dist-info directory. */
typedef struct {
    char *directory;              /* its path */
    char *name;                   /* of the distribution, normalised */
    char *version;                /* as the directory's name has it */
    size_t root_len;              /* of the root in the path */
    const _PyPolicyLockEntry *entry;    /* NULL: not locked */
    _PyPolicyInstalledStatus status;
    char *text;                   /* of the RECORD, once it was read; stays */
    size_t len;
    _PyPolicyLockRecord record;   /* when SAME */
} _PyPolicyInstalledOne;

typedef struct {
    _PyPolicyInstalledOne *items;
    size_t n;
} _PyPolicyInstalled;

/* Add what is in a root of dependencies; `find` gives the entry of a name, or
   NULL.  0, or -1 when memory is short. */
extern int _PyPolicyInstalled_Add(
    _PyPolicyInstalled *all, const char *root,
    const _PyPolicyLockEntry *(*find)(const char *name));

/* Read for what they claim those that are not locked, and those of another
   version. */
extern void _PyPolicyInstalled_ReadOthers(_PyPolicyInstalled *all);

/* The copy of a locked distribution below that root, or (NULL) one that is as
   it was locked, else any.  NULL: there is none.  Its status is known. */
extern _PyPolicyInstalledOne *_PyPolicyInstalled_Find(
    _PyPolicyInstalled *all, const _PyPolicyLockEntry *entry,
    const char *root, size_t root_len);

/* By a distribution's name: any copy, or NULL. */
extern const _PyPolicyInstalledOne *_PyPolicyInstalled_Named(
    const _PyPolicyInstalled *all, const char *name);

/* Does anybody else claim the file (below the root) who is not locked, or is
   no longer what was locked?  Those who are were compared when the lock was
   written, which says what they share. */
extern bool _PyPolicyInstalled_IsClaimed(
    const _PyPolicyInstalled *all, const _PyPolicyInstalledOne *owner,
    const char *path);

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_LOCK_INSTALLED_H
