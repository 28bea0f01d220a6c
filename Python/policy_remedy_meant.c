/* What did the author of this policy mean?

   Some mistakes are made by everyone who writes a first policy, and a message
   that only adds the refused name to a list leaves them standing there: the
   name of a distribution (PyYAML) where that of a package is meant (yaml), a
   slip of the finger, a server or a test runner that is refused what it merely
   calls, code of the application that a test runner has rewritten.

   Asked when a remedy is written, and never before: what is installed is read
   then, if it was not yet.  Nothing is decided by an answer. */

#include "Python.h"
#include "pycore_distribution.h"
#include "pycore_policy_message.h"
#include "pycore_policy_remedy.h"
#include "pycore_policy_text.h"         // _PyPolicyText_Nearest()
#include "pycore_principal.h"

#include <limits.h>               // PATH_MAX
#include <string.h>
#include <unistd.h>               // access()

static bool
exists(const char *root, const char *name, const char *suffix)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof(path), "%s/%s%s", root, name, suffix);
    if (n < 0 || (size_t)n >= sizeof(path)) {
        return false;
    }
    for (char *p = path + strlen(root) + 1; p < path + n - strlen(suffix);
         p++)
    {
        *p = *p == '.' ? '/' : *p;
    }
    return access(path, F_OK) == 0;
}

/* Is it there, though no distribution has it? */
static bool
is_plain_directory(const char *name)
{
    const char *const *roots;
    size_t n = _PyPrincipal_Roots(_PyPrincipal_ROOT_DEPENDENCIES, &roots);
    for (size_t i = 0; i < n; i++) {
        if (exists(roots[i], name, "") || exists(roots[i], name, ".py")) {
            return true;
        }
    }
    return false;
}

_PyPolicyMeant
_PyPolicyRemedy_Meant(const char *written, const char *principal)
{
    const _PyDistributions *installed = _PyPrincipal_Distributions();
    if (installed == NULL || strcmp(principal, "__main__") == 0
        || _PyDistributions_OwnerOf(installed, written) >= 0
        || _PyPolicy_NameCovers(written, principal)
        || is_plain_directory(written))
    {
        return _PyPolicyMeant_ITSELF;
    }
    int distribution = _PyDistributions_Find(installed, written);
    if (distribution >= 0) {
        return _PyDistributions_OwnerOf(installed, principal) == distribution
               ? _PyPolicyMeant_DISTRIBUTION : _PyPolicyMeant_ITSELF;
    }
    const char *const names[] = {principal, NULL};
    return _PyPolicyText_Nearest(written, names) != NULL
           ? _PyPolicyMeant_MISSPELT : _PyPolicyMeant_ITSELF;
}

static bool
is_one_of(const char *name, const char *names, size_t size)
{
    for (const char *one = names; one < names + size; one += strlen(one) + 1) {
        if (strcmp(one, name) == 0) {
            return true;
        }
    }
    return false;
}

bool
_PyPolicyRemedy_CallsEveryone(const char *principal)
{
    /* Those that `learn` passes over, too (_grants.py). */
    static const char names[] =
        "_pytest\0billiard\0celery\0gunicorn\0hypercorn\0kombu\0pluggy\0"
        "pytest\0uvicorn\0waitress";
    return is_one_of(principal, names, sizeof(names));
}

static bool
makes_code(const char *principal)
{
    static const char names[] = "_pytest\0coverage\0cloudpickle";
    return is_one_of(principal, names, sizeof(names));
}

static bool
is_application_file(PyObject *file)
{
    _PyPolicyMessage path = {0};
    _PyPolicyMessage_AddString(&path, file);
    bool is = path.data != NULL && !path.failed
        && _PyPrincipal_OfFile(path.data, NULL, NULL)
           == _PyPrincipal_APPLICATION;
    _PyPolicyMessage_Clear(&path);
    return is;
}

const char *
_PyPolicyRemedy_Loader(const _PyPolicyDenial *denial, PyObject **file)
{
    for (size_t i = 0; i < denial->n_steps; i++) {
        const _PyPolicyStep *step = &denial->steps[i];
        const uint32_t *members;
        size_t n = 0;
        if (_PyPolicyStep_IsDependency(step) && step->code != NULL) {
            n = _PyPrincipal_Members(step->set, &members);
        }
        for (size_t k = 0; k < n; k++) {
            const char *name = _PyPrincipal_Name(members[k]);
            if (makes_code(name) && !_PyPolicy_IsLoader(denial->policy, name)
                && is_application_file(step->code->co_filename))
            {
                *file = step->code->co_filename;
                return name;
            }
        }
    }
    return NULL;
}
