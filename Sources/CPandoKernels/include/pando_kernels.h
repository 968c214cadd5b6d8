#ifndef PANDO_KERNELS_H
#define PANDO_KERNELS_H
#include <stddef.h>
#include <stdint.h>
#endif
