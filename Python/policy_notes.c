/* What is noted of an object?

   Some objects are to be remembered by who made them, and are not ours to put
   a field into.  Their addresses are the keys of a table: it holds no
   reference, and never touches the objects.

   Called by: policy_made.c and policy_greenlet.c, with a table for each. */

#include "Python.h"
#include "pycore_policy_notes.h"

static struct _PyPolicyNote **
chain_of(_PyPolicyNotes *notes, const PyObject *object)
{
    uintptr_t address = (uintptr_t)object;
    return &notes->chains[(address >> 4 ^ address >> 12)
                          % Py_ARRAY_LENGTH(notes->chains)];
}

/* Where the pointer to the object's note is; at the chain's end there is
   none.  The mutex is held. */
static struct _PyPolicyNote **
find(_PyPolicyNotes *notes, const PyObject *object)
{
    struct _PyPolicyNote **at = chain_of(notes, object);
    while (*at != NULL && (*at)->object != object) {
        at = &(*at)->next;
    }
    return at;
}

uint32_t
_PyPolicyNotes_Read(_PyPolicyNotes *notes, const PyObject *object,
                    uint32_t otherwise)
{
    PyMutex_Lock(&notes->mutex);
    const struct _PyPolicyNote *note = *find(notes, object);
    uint32_t set = note != NULL ? note->set : otherwise;
    PyMutex_Unlock(&notes->mutex);
    return set;
}

uint32_t
_PyPolicyNotes_Take(_PyPolicyNotes *notes, const PyObject *object,
                    uint32_t otherwise)
{
    PyMutex_Lock(&notes->mutex);
    struct _PyPolicyNote **at = find(notes, object), *note = *at;
    if (note != NULL) {
        otherwise = note->set;
        *at = note->next;
    }
    PyMutex_Unlock(&notes->mutex);
    PyMem_RawFree(note);
    return otherwise;
}

bool
_PyPolicyNotes_Write(_PyPolicyNotes *notes, const PyObject *object,
                     uint32_t set)
{
    struct _PyPolicyNote *note = PyMem_RawMalloc(sizeof(*note));
    (void)_PyPolicyNotes_Take(notes, object, 0);
    if (note == NULL) {
        return false;
    }
    note->object = object;
    note->set = set;
    PyMutex_Lock(&notes->mutex);
    struct _PyPolicyNote **chain = chain_of(notes, object);
    note->next = *chain;
    *chain = note;
    PyMutex_Unlock(&notes->mutex);
    return true;
}
