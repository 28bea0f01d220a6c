/* Which file does readline read its settings from?

   It opens the file itself, and understands more than a path: "~", and a line
   of settings that names another file.  readline.c includes this behind
   readline's own header.  (Files that such a file names are the concern of
   whoever may write it.) */

#ifndef Py_INTERNAL_POLICY_READLINE_H
#define Py_INTERNAL_POLICY_READLINE_H
#ifdef __cplusplus
extern "C" {
#endif

#include "pycore_policy_added.h"

#include <stdlib.h>               // free()
#include <strings.h>              // strncasecmp()

/* The event readline.read_init_file.  0, or -1 with an exception set. */
static inline int
_PyPolicyGate_ReadlineFile(const char *name)
{
    if (!_PyPolicy_AddedWanted[_PyPolicyAdded_readline_read_init_file]) {
        return 0;
    }
    char *expanded = tilde_expand((char *)name);
    PyObject *path = expanded == NULL ? PyErr_NoMemory()
                                      : PyBytes_FromString(expanded);
    int result = path == NULL ? -1
        : _PyPolicyGate_Added(readline_read_init_file, "O", path);
    free(expanded);
    Py_XDECREF(path);
    return result;
}

/* The same for the file that a line of settings may include. */
static inline int
_PyPolicyGate_ReadlineLine(const char *line)
{
    static const char INCLUDE[] = "include";
    size_t len = sizeof(INCLUDE) - 1;
    line += strspn(line, " \t");
    if (*line++ != '$') {
        return 0;
    }
    line += strspn(line, " \t");
    if (strncasecmp(line, INCLUDE, len) != 0) {
        return 0;
    }
    line += len;
    return _PyPolicyGate_ReadlineFile(line + strspn(line, " \t"));
}

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_READLINE_H */
