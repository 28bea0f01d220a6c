/* What is noted of an object?

   Some objects are to be remembered by who made them, and are not ours to put
   a field into.  Their addresses are the keys of a table: it holds no
   reference, and never touches the objects.

   Called by: policy_made.c and policy_greenlet.c, with a table for each. */

#include "Python.h"
#include "pycore_policy_notes.h"

/* A value of the table, which is never NULL. */
static void *
value_of(uint32_t number)
{
    return (void *)((uintptr_t)number + 1);
}

static uint32_t
number_of(const void *value, uint32_t otherwise)
{
    return value != NULL ? (uint32_t)((uintptr_t)value - 1) : otherwise;
}

/* The mutex is held. */
static void *
take(_PyPolicyNotes *notes, const PyObject *object)
{
    return notes->table != NULL ? _Py_hashtable_steal(notes->table, object)
                                : NULL;
}

/* The mutex is held. */
static bool
has_table(_PyPolicyNotes *notes)
{
    _Py_hashtable_allocator_t raw = {PyMem_RawMalloc, PyMem_RawFree};
    if (notes->table == NULL) {
        notes->table = _Py_hashtable_new_full(
            _Py_hashtable_hash_ptr, _Py_hashtable_compare_direct, NULL, NULL,
            &raw);
    }
    return notes->table != NULL;
}

bool
_PyPolicyNotes_Write(_PyPolicyNotes *notes, const PyObject *object,
                     uint32_t number)
{
    PyMutex_Lock(&notes->mutex);
    (void)take(notes, object);
    bool written = has_table(notes)
                   && _Py_hashtable_set(notes->table, object,
                                        value_of(number)) == 0;
    PyMutex_Unlock(&notes->mutex);
    return written;
}

uint32_t
_PyPolicyNotes_Read(_PyPolicyNotes *notes, const PyObject *object,
                    uint32_t otherwise)
{
    PyMutex_Lock(&notes->mutex);
    const void *value = notes->table != NULL
                        ? _Py_hashtable_get(notes->table, object) : NULL;
    PyMutex_Unlock(&notes->mutex);
    return number_of(value, otherwise);
}

uint32_t
_PyPolicyNotes_Take(_PyPolicyNotes *notes, const PyObject *object,
                    uint32_t otherwise)
{
    PyMutex_Lock(&notes->mutex);
    const void *value = take(notes, object);
    PyMutex_Unlock(&notes->mutex);
    return number_of(value, otherwise);
}
