/* Which hosts does a list of `net` targets hold?

   Names only, each with a port or without: what is written is compared with
   what is reached, byte by byte. */

#ifdef POLICY_STANDALONE
#  include <stdlib.h>
#  define PyMem_RawCalloc calloc
#  define PyMem_RawFree free
#else
#  include "Python.h"
#endif
#include "pycore_policy_target.h"
#include "pycore_policy_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyz0123456789.-_"

struct _PyPolicyHosts {
    size_t n;
    struct {
        const char *name;
        size_t len;
        int port;               /* -1: any */
    } hosts[];
};

int
_PyPolicyHost_Check(const char *text, size_t len, char code[32],
                    char what[_PyPolicyName_MAX_WHAT])
{
    size_t n = strspn(text, LETTERS);
    if (n > 0 && (n == len || (text[n] == ':' && n + 1 < len && len < n + 7 &&
                               strspn(text + n + 1, "0123456789")
                                   == len - n - 1))) {
        return 0;
    }
    char quoted[_PyPolicy_MAX_QUOTED];
    _PyPolicyText_Quote(quoted, sizeof(quoted), text, len);
    snprintf(code, 32, "bad-host");
    snprintf(what, _PyPolicyName_MAX_WHAT, "%s is no host; write a name in "
             "small letters, with :PORT or without", quoted);
    return -1;
}

_PyPolicyHosts *
_PyPolicyHosts_Compile(const char *const *texts, size_t n,
                       const _PyPolicyPlace *places,
                       size_t n_places)
{
    (void)places;
    (void)n_places;
    _PyPolicyHosts *hosts =
        PyMem_RawCalloc(1, sizeof(*hosts) + n * sizeof(hosts->hosts[0]));
    for (size_t i = 0; hosts != NULL && i < n; i++) {
        hosts->hosts[i].name = texts[i];
        hosts->hosts[i].len = strcspn(texts[i], ":");
        const char *colon = strchr(texts[i], ':');
        hosts->hosts[i].port = colon == NULL ? -1 : atoi(colon + 1);
        hosts->n++;
    }
    return hosts;
}

void
_PyPolicyHosts_Free(_PyPolicyHosts *hosts)
{
    PyMem_RawFree(hosts);
}

bool
_PyPolicyHosts_Match(const _PyPolicyHosts *hosts,
                     const _PyPolicyTarget *target)
{
    for (size_t i = 0; i < hosts->n && target->text != NULL; i++) {
        if (hosts->hosts[i].len == target->len &&
            memcmp(hosts->hosts[i].name, target->text, target->len) == 0 &&
            (hosts->hosts[i].port < 0 ||
             hosts->hosts[i].port == target->port)) {
            return true;
        }
    }
    return false;
}
