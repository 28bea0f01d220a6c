/* Who stands on the stack beyond the application?

   The walk ends at the innermost frame of the application, since from there
   on outwards somebody else asked for what the application decided to do.
   Where it decides nothing, but calls whatever it is given, a dependency may
   borrow its hands.  A policy that says "$walk": "strict" wants everybody on
   the stack to answer.

   Policies differ in that, and the set of those who act is one for all of
   them; it is also what threads and callbacks inherit.  So whoever is met
   beyond a frame of the application becomes a member of that set by another
   name, "beyond/NAME", which only a strict policy judges.  The name goes with
   the set wherever it goes, and nobody else looks at it.

   Called by: policy_stack.c, which meets them, policy_verdict.c, which judges
   them, and those who keep a set for another purpose and have to leave them
   out.  Where no policy is strict there are none, and nothing is done. */

#include "Python.h"
#include "pycore_policy_beyond.h"
#include "pycore_principal.h"

int _PyPolicyBeyond_Wanted = 0;

/* (set -> the set beyond), written and read without a lock: an entry is one
   word of two ids, so that it is whole or absent. */
static uint64_t known[256];

static uint32_t
named_beyond(const char *name)
{
    size_t prefix = sizeof(_PyPolicyBeyond_PREFIX) - 1;
    size_t size = strlen(name) + 1;
    char *text = PyMem_RawMalloc(prefix + size);
    if (text == NULL) {
        return _PyPrincipal_UNKNOWN;
    }
    memcpy(text, _PyPolicyBeyond_PREFIX, prefix);
    memcpy(text + prefix, name, size);
    uint32_t set = _PyPrincipal_Named(text);
    PyMem_RawFree(text);
    return set;
}

/* Permits, whose names have a slash as well, stay what they are. */
static bool
is_note(const char *name)
{
    return name[0] != '/' && strchr(name, '/') != NULL;
}

uint32_t
_PyPolicyBeyond_Of(uint32_t set)
{
    if (set < _PyPrincipal_UNKNOWN) {
        return set;
    }
    uint64_t *slot = &known[set % 256];
    uint64_t found = _Py_atomic_load_uint64_relaxed(slot);
    if (found >> 32 == set) {
        return (uint32_t)found;
    }
    const uint32_t *members;
    uint32_t beyond = _PyPrincipal_STDLIB;
    size_t n = _PyPrincipal_Members(set, &members);
    for (size_t i = 0; i < n; i++) {
        const char *name = _PyPrincipal_Name(members[i]);
        uint32_t one = is_note(name) ? _PyPrincipal_Named(name)
                                     : named_beyond(name);
        if (one == _PyPrincipal_UNKNOWN) {
            return one;
        }
        beyond = _PyPrincipal_Join(beyond, one);
    }
    _Py_atomic_store_uint64_relaxed(slot, (uint64_t)set << 32 | beyond);
    return beyond;
}

/* With those beyond by their own names, or without them. */
static uint32_t
translate(uint32_t set, bool plain)
{
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(set, &members), found = 0;
    uint32_t result = _PyPrincipal_STDLIB;
    for (size_t i = 0; i < n; i++) {
        const char *name = _PyPrincipal_Name(members[i]);
        const char *before = _PyPolicyBeyond_Name(name);
        found += before != NULL;
        if (before == NULL || plain) {
            /* The one without a name has no set of that name. */
            name = before ? before : name;
            result = _PyPrincipal_Join(
                result, strcmp(name, _PyPrincipal_Name(0)) == 0
                        ? _PyPrincipal_UNKNOWN : _PyPrincipal_Named(name));
        }
    }
    return found == 0 ? set : result;
}

uint32_t
_PyPolicyBeyond_Strip(uint32_t set)
{
    return _PyPolicyBeyond_Wanted ? translate(set, false) : set;
}

uint32_t
_PyPolicyBeyond_Plain(uint32_t set)
{
    return _PyPolicyBeyond_Wanted ? translate(set, true) : set;
}
