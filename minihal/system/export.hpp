// What other rooms use of minihal_corefoundation beside the C names.
#pragma once

#define MINIHAL_EXPORT __attribute__((visibility("default")))
