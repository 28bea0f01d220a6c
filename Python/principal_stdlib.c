/* Is this the name of a module of the standard library?

   Whose code is in a file is never decided by a name.  This is for names
   alone: what a key in a policy speaks of, and what an import statement that
   stands in the standard library's own code asks for. */

#include "Python.h"
#include "pycore_principal.h"

#include <string.h>

bool
_PyPrincipal_IsStdlibName(const char *name, size_t len)
{
    size_t low = 0, high = _PyPrincipal_Stdlib.n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const char *candidate = _PyPrincipal_Stdlib.names[middle];
        int order = (unsigned char)name[0] - (unsigned char)candidate[0];
        if (order == 0) {
            order = strncmp(name, candidate, len);
        }
        if (order == 0) {
            order = candidate[len] == '\0' ? 0 : -1;
        }
        if (order == 0) {
            return true;
        }
        if (order < 0) {
            high = middle;
        }
        else {
            low = middle + 1;
        }
    }
    return false;
}
