/* What is noted of an object?

   Some objects are to be remembered by who made them, and are not ours to put
   a field into.  Their addresses are the keys of a table: it holds no
   reference, and never touches the objects.  Most go before another one comes,
   so the latest note waits beside the table.

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

/* The mutex is held, as in those below. */
static uint32_t
take(_PyPolicyNotes *notes, const PyObject *object, uint32_t otherwise)
{
    if (notes->latest == object) {
        notes->latest = NULL;
        return notes->number;
    }
    return number_of(notes->table != NULL
                     ? _Py_hashtable_steal(notes->table, object) : NULL,
                     otherwise);
}

static bool
has_table(_PyPolicyNotes *notes)
{
    if (notes->table == NULL) {
        _Py_hashtable_allocator_t raw = {PyMem_RawMalloc, PyMem_RawFree};
        notes->table = _Py_hashtable_new_full(
            _Py_hashtable_hash_ptr, _Py_hashtable_compare_direct, NULL, NULL,
            &raw);
    }
    return notes->table != NULL;
}

/* The latest note goes into the table. */
static bool
make_room(_PyPolicyNotes *notes)
{
    if (notes->latest != NULL
        && (!has_table(notes)
            || _Py_hashtable_set(notes->table, notes->latest,
                                 value_of(notes->number)) < 0))
    {
        return false;
    }
    notes->latest = NULL;
    return true;
}

bool
_PyPolicyNotes_Write(_PyPolicyNotes *notes, const PyObject *object,
                     uint32_t number)
{
    PyMutex_Lock(&notes->mutex);
    (void)take(notes, object, number);
    bool written = make_room(notes);
    if (written) {
        notes->latest = object;
        notes->number = number;
    }
    PyMutex_Unlock(&notes->mutex);
    return written;
}

uint32_t
_PyPolicyNotes_Read(_PyPolicyNotes *notes, const PyObject *object,
                    uint32_t otherwise)
{
    PyMutex_Lock(&notes->mutex);
    uint32_t number = notes->latest == object
        ? notes->number
        : number_of(notes->table != NULL
                    ? _Py_hashtable_get(notes->table, object) : NULL,
                    otherwise);
    PyMutex_Unlock(&notes->mutex);
    return number;
}

uint32_t
_PyPolicyNotes_Take(_PyPolicyNotes *notes, const PyObject *object,
                    uint32_t otherwise)
{
    PyMutex_Lock(&notes->mutex);
    uint32_t number = take(notes, object, otherwise);
    PyMutex_Unlock(&notes->mutex);
    return number;
}
