/* Is there a lock beside this policy?

   On the disk, or in the archive that the policy is in.  What it says belongs
   to what a child interpreter must find unchanged, so its text goes into the
   policy's content.  What is wrong with it is said now, with its place;
   whether it still holds is looked up when it is needed.

   Called by policy_setup.c for each policy. */

#include "Python.h"
#include "pycore_policy_limits.h"
#include "pycore_policy_lock_find.h"

#include <stdio.h>
#include <string.h>

int
_PyPolicyLock_ReadBeside(const _PyPolicySource *source,
                         _PyPolicyContent *content, _PyPolicyFile *file,
                         char **name)
{
    const char *base = source->member ? source->member : source->path;
    const char *slash = strrchr(base, '/');
    char *dir = _PyPolicyRead_Copy(base), *lock = NULL;
    int there = -1;
    *name = NULL;
    if (dir != NULL) {
        dir[slash != NULL ? slash - base + 1 : 0] = '\0';
        lock = _PyPolicyRead_Join(dir, _PyPolicyLock_NAME);
    }
    if (lock != NULL) {
        there = source->member
            ? _PyPolicyRead_Member(source->path, lock, _PyPolicy_MAX_FILE,
                                   file)
            : _PyPolicyRead_File(lock, _PyPolicy_MAX_FILE, file);
    }
    if (there > 0) {
        *name = source->member ? _PyPolicyRead_Join(source->path, lock)
                               : _PyPolicyRead_Copy(lock);
        if (*name == NULL
            || _PyPolicyContent_Add(content, file->text, file->len) < 0)
        {
            there = *name == NULL ? -1 : _PyPolicyRead_NoMemory();
            PyMem_RawFree(file->text);
        }
    }
    PyMem_RawFree(lock);
    PyMem_RawFree(dir);
    return there;
}

int
_PyPolicyLock_Take(_PyPolicyFile *file, const char *name)
{
    _PyPolicyJsonError error;
    if (_PyPolicyLock_Add(file->text, file->len, &error) == 0) {
        file->text = NULL;
        return 0;
    }
    if (error.column > 0) {
        char *place = PyMem_RawMalloc(strlen(name) + 32);
        if (place != NULL) {
            sprintf(place, "%s:%d:%d", name, error.line, error.column);
            (void)_PyPolicyRead_Fail(
                place, "%s; write the lock anew with `python -m importpolicy "
                "lock`", error.what);
            PyMem_RawFree(place);
            return -1;
        }
    }
    return _PyPolicyRead_NoMemory();
}
