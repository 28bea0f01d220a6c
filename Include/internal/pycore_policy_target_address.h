/* Network addresses as bytes: read in every spelling, shown in one.

   Pure: no interpreter, no name is resolved. */

#ifndef Py_INTERNAL_POLICY_TARGET_ADDRESS_H
#define Py_INTERNAL_POLICY_TARGET_ADDRESS_H
#ifdef __cplusplus
extern "C" {
#endif

#if !defined(Py_BUILD_CORE) && !defined(POLICY_STANDALONE)
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that _PyPolicyAddress_Show() needs. */
#define _PyPolicyAddress_MAX 48

/* Read an address in whatever spelling the C library takes for one: IPv4
   with one to four parts, decimal, octal or hexadecimal; IPv6, with or
   without a scope.  The length of the address, 4 or 16 (an IPv4 address that
   is written as an IPv6 one is 4), or 0 when the text is none. */
extern int _PyPolicyAddress_Read(const char *text, size_t len,
                                 uint8_t address[16]);

/* Read an IPv4 address in its one normal spelling: four decimal numbers
   without zeros in front.  false when it is none. */
extern bool _PyPolicyAddress_ReadNormal4(const char *text, size_t len,
                                         uint8_t address[4]);

/* An address of 16 bytes that stands for one of 4 becomes that.  Returns
   its length. */
extern int _PyPolicyAddress_Reduce(uint8_t *address, int len);

/* The IPv4 address into which translators and tunnels turn this address of
   16 bytes.  false when there is none. */
extern bool _PyPolicyAddress_Embedded(const uint8_t *address,
                                      uint8_t embedded[4]);

/* Clear all but the first bits. */
extern void _PyPolicyAddress_Mask(uint8_t *address, int len, int bits);

/* The normal spelling, NUL terminated, an IPv6 address in brackets. */
extern const char *_PyPolicyAddress_Show(char buffer[_PyPolicyAddress_MAX],
                                         const uint8_t *address, int len);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_TARGET_ADDRESS_H */
