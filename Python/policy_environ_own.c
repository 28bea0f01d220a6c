/* What has each written into the environment for himself?

   Variables of an owner, who is a set of principals: entries that outlive
   interpreters, in one list, since there are few.  An entry without a value
   says that the variable is removed for its owner.  policy_environ.c decides
   when the list answers. */

#include "Python.h"
#include "pycore_policy_environ.h"
#include "pycore_pymem.h"          // _PyMem_RawStrdup()

#include <string.h>

typedef struct Own {
    struct Own *next;
    uint32_t owner;
    char *value;                /* NULL: removed */
    char name[];
} Own;

static struct {
    PyMutex mutex;
    Own *first;
} own;

bool
_PyPolicyEnviron_HasOwn(void)
{
    return _Py_atomic_load_ptr_relaxed(&own.first) != NULL;
}

/* Where the entry is, or where it would be.  Under the mutex. */
static Own **
own_place(uint32_t owner, const char *name)
{
    Own **place = &own.first;
    while (*place != NULL && ((*place)->owner != owner
                              || strcmp((*place)->name, name) != 0))
    {
        place = &(*place)->next;
    }
    return place;
}

int
_PyPolicyEnviron_SetOwn(uint32_t owner, const char *name, const char *value)
{
    char *copy = value != NULL ? _PyMem_RawStrdup(value) : NULL;
    Own *fresh = PyMem_RawMalloc(sizeof(Own) + strlen(name) + 1);
    if (fresh == NULL || (value != NULL && copy == NULL)) {
        PyMem_RawFree(fresh);
        PyMem_RawFree(copy);
        PyErr_NoMemory();
        return -1;
    }
    fresh->next = NULL;
    fresh->owner = owner;
    fresh->value = copy;
    strcpy(fresh->name, name);
    char *old = NULL;
    PyMutex_Lock(&own.mutex);
    Own **place = own_place(owner, name);
    if (*place == NULL) {
        _Py_atomic_store_ptr_release(place, fresh);
        fresh = NULL;
    }
    else {
        old = (*place)->value;
        (*place)->value = copy;
    }
    PyMutex_Unlock(&own.mutex);
    PyMem_RawFree(fresh);
    PyMem_RawFree(old);
    return 0;
}

int
_PyPolicyEnviron_GetOwn(uint32_t owner, const char *name, PyObject **value)
{
    int result = 0;
    *value = NULL;
    PyMutex_Lock(&own.mutex);
    Own *entry = *own_place(owner, name);
    if (entry != NULL) {
        result = 1;
        if (entry->value != NULL) {
            *value = PyBytes_FromString(entry->value);
            result = *value != NULL ? 1 : -1;
        }
    }
    PyMutex_Unlock(&own.mutex);
    return result;
}

PyObject *
_PyPolicyEnviron_AllOwn(uint32_t owner)
{
    PyObject *result = PyDict_New(), *name = NULL, *value = NULL;
    int failed = result == NULL;
    PyMutex_Lock(&own.mutex);
    for (Own *e = own.first; e != NULL && !failed; e = e->next) {
        if (e->owner == owner) {
            name = PyBytes_FromString(e->name);
            value = e->value ? PyBytes_FromString(e->value)
                             : Py_NewRef(Py_None);
            failed = name == NULL || value == NULL
                     || PyDict_SetItem(result, name, value) < 0;
            Py_CLEAR(name);
            Py_CLEAR(value);
        }
    }
    PyMutex_Unlock(&own.mutex);
    if (failed) {
        Py_CLEAR(result);
    }
    return result;
}
