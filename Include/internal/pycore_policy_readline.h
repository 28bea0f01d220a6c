/* Which file does readline read its settings from?

   It opens the file itself, and understands more than a path: "~", and a line
   of settings that names another file.  What it does not understand there it
   prints, so whoever may write settings could read any file: all that are
   named are judged beforehand.  readline.c includes this behind readline's own
   header. */

#ifndef Py_INTERNAL_POLICY_READLINE_H
#define Py_INTERNAL_POLICY_READLINE_H
#ifdef __cplusplus
extern "C" {
#endif

#include "pycore_policy_added.h"

#include <errno.h>                // ELOOP
#include <stdbool.h>
#include <stdio.h>                // getline()
#include <stdlib.h>               // free()
#include <strings.h>              // strncasecmp()
#include <unistd.h>               // access()

/* Files that name one another are an error here: readline would not end. */
#define _PyPolicyGate_READLINE_DEPTH 16

static inline int _PyPolicyGate_ReadlineNamed(const char *line, int depth);

/* The files that a file of settings includes, whatever conditions stand
   there. */
static inline int
_PyPolicyGate_ReadlineIncluded(const char *path, int depth)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return 0;                       /* Readline will see that, too. */
    }
    char *line = NULL;
    size_t size = 0;
    int result = 0;
    while (result == 0 && getline(&line, &size, file) >= 0) {
        line[strcspn(line, "\r\n")] = '\0';
        result = _PyPolicyGate_ReadlineNamed(line, depth);
    }
    free(line);
    fclose(file);
    return result;
}

/* The event readline.read_init_file.  0, or -1 with an exception set. */
static inline int
_PyPolicyGate_ReadlineFile(const char *name, int depth)
{
    if (!_PyPolicy_AddedWanted[_PyPolicyAdded_readline_read_init_file]) {
        return 0;
    }
    char *expanded = tilde_expand((char *)name);
    PyObject *path = expanded == NULL ? PyErr_NoMemory()
                                      : PyBytes_FromString(expanded);
    int result = path == NULL ? -1
        : _PyPolicyGate_Added(readline_read_init_file, "O", path);
    if (result == 0 && depth == _PyPolicyGate_READLINE_DEPTH) {
        errno = ELOOP;
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path);
        result = -1;
    }
    else if (result == 0) {
        result = _PyPolicyGate_ReadlineIncluded(expanded, depth + 1);
    }
    free(expanded);
    Py_XDECREF(path);
    return result;
}

/* The same for the file that a line of settings may include. */
static inline int
_PyPolicyGate_ReadlineNamed(const char *line, int depth)
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
    return _PyPolicyGate_ReadlineFile(line + strspn(line, " \t"), depth);
}

/* The file that is named, or that a line of settings names.  0, or -1 with an
   exception set. */
static inline int
_PyPolicyGate_ReadlineInit(const char *name)
{
    return _PyPolicyGate_ReadlineFile(name, 0);
}

static inline int
_PyPolicyGate_ReadlineLine(const char *line)
{
    return _PyPolicyGate_ReadlineNamed(line, 0);
}

/* What readline takes where none is named: the last one (NULL: none yet), or
   that of whoever is at the terminal.  NULL where nobody judges: it shall find
   that itself. */
static inline const char *
_PyPolicyGate_ReadlineDefault(const char *last)
{
    if (last != NULL
        || !_PyPolicy_AddedWanted[_PyPolicyAdded_readline_read_init_file])
    {
        return last;
    }
    const char *named = getenv("INPUTRC"), *own = "~/.inputrc";
    if (named != NULL && *named != '\0') {
        return named;
    }
    char *expanded = tilde_expand((char *)own);
    bool there = expanded == NULL || access(expanded, F_OK) == 0;
    free(expanded);
    return there ? own : "/etc/inputrc";
}

/* rl_initialize(), which reads settings of the user's, or of the system's:
   where the former may not be read it goes without. */
static inline void
_PyPolicyGate_ReadlineBegin(void)
{
    const char *name = _PyPolicyGate_ReadlineDefault(NULL);
    bool named = getenv("INPUTRC") != NULL;
    if (name == NULL || (!named && *name == '/')
        || _PyPolicyGate_ReadlineInit(name) == 0)
    {
        rl_initialize();
        return;
    }
    PyErr_Clear();
    char *kept = named ? strdup(getenv("INPUTRC")) : NULL;
    setenv("INPUTRC", "/dev/null", 1);
    rl_initialize();
    unsetenv("INPUTRC");
    if (kept != NULL) {
        setenv("INPUTRC", kept, 1);
        free(kept);
    }
}

/* The events of the history's file, where none is named. */
static inline PyObject *
_PyPolicyGate_ReadlineHistory(void)
{
    char *path = tilde_expand((char *)"~/.history");
    PyObject *name = path == NULL ? PyErr_NoMemory()
                                  : PyBytes_FromString(path);
    free(path);
    return name;
}

static inline int
_PyPolicyGate_ReadlineReads(void)
{
    PyObject *name = _PyPolicyGate_ReadlineHistory();
    int result = name == NULL ? -1
        : _PyPolicyGate_Added(readline_read_history_file, "O", name);
    Py_XDECREF(name);
    return result;
}

static inline int
_PyPolicyGate_ReadlineWrites(void)
{
    PyObject *name = _PyPolicyGate_ReadlineHistory();
    int result = name == NULL ? -1
        : _PyPolicyGate_Added(readline_write_history_file, "O", name);
    Py_XDECREF(name);
    return result;
}

static inline int
_PyPolicyGate_ReadlineAppends(int nelements)
{
    PyObject *name = _PyPolicyGate_ReadlineHistory();
    int result = name == NULL ? -1
        : _PyPolicyGate_Added(readline_append_history_file, "iO", nelements,
                              name);
    Py_XDECREF(name);
    return result;
}

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_READLINE_H */
