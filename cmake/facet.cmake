# The functions that every folder's CMakeLists.txt uses. They set warnings, include paths and names once.

# Unity builds compile the sources of a folder as one: of tests always, of the product where FACET_UNITY says so (sanitizer
# builds), since most of the time goes into headers. Not in folders of plug-ins, where each file has names of its own that are
# the same in all.
set(facet_separate scene server sink source_synthetic wrap_http)
set(facet_unity_files 16)
function(facet_unity target name)
    if(NOT name IN_LIST facet_separate)
        set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${facet_unity_files})
    endif()
endfunction()

# Sanitizer builds optimise what works on every pixel, box or fact; the rest is quicker to build than it is slow to run.
set(facet_optimised base brain expert image quality scene sim source_synthetic test_expert
    test_pipeline_evidence test_scene_track)
function(facet_optimise target name)
    if(name IN_LIST facet_optimised)
        target_compile_options(${target} PRIVATE $<$<CONFIG:Sanitize>:-O1>)
    endif()
endfunction()

# facet_library(name SOURCES ... [DEPENDS folder...] [PUBLIC target...] [PRIVATE target...])
# The static library facet_<name> of src/<name>. DEPENDS names other folders of src/; tests/repo checks it against the
# layers of the design. Vendor libraries are PRIVATE unless a header of ours needs theirs.
function(facet_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;PUBLIC;PRIVATE")
    add_library(facet_${name} STATIC ${arg_SOURCES})
    target_include_directories(facet_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
    if(FACET_UNITY)
        facet_unity(facet_${name} ${name})
    endif()
    facet_optimise(facet_${name} ${name})
    list(TRANSFORM arg_DEPENDS PREPEND facet_)
    target_link_libraries(facet_${name} PUBLIC ${arg_DEPENDS} ${arg_PUBLIC} PRIVATE facet_warnings ${arg_PRIVATE})
endfunction()

# facet_test(name SOURCES ... DEPENDS folder... [LINK target...] [LABELS label...])  labels: unit where none is given
# One GoogleTest executable test_<name>; each of its tests is a test of ctest. Tests run in the repository's root, so that
# ../shared/data is found by that path.
function(facet_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;LINK;LABELS")
    if(NOT FACET_BUILD_TESTS)
        return()
    endif()
    if(NOT arg_LABELS)
        set(arg_LABELS unit)
    endif()
    add_executable(test_${name} ${arg_SOURCES})
    list(TRANSFORM arg_DEPENDS PREPEND facet_)
    target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_link_libraries(test_${name} PRIVATE ${arg_DEPENDS} ${arg_LINK} facet_warnings GTest::gmock GTest::gtest_main)
    facet_unity(test_${name} test_${name})
    # Quicker to compile; what is tested, and takes the time, are the libraries.
    target_compile_options(test_${name} PRIVATE $<IF:$<CONFIG:Sanitize>,-O0,-O1>)
    facet_optimise(test_${name} test_${name})
    # tests_unit, tests_pipeline ...: the programs that the tests with such a label need.
    foreach(label IN LISTS arg_LABELS)
        if(NOT TARGET tests_${label})
            add_custom_target(tests_${label})
        endif()
        add_dependencies(tests_${label} test_${name})
    endforeach()
    add_test(NAME ${name} COMMAND test_${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}")
endfunction()

# facet_program_test(name SOURCES ... [DEPENDS folder...]): a test pipeline_<name> of whole runs of the program, whose path is
# FACET_BINARY.
function(facet_program_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS")
    facet_test(pipeline_${name}
        SOURCES ${arg_SOURCES}
        DEPENDS base ${arg_DEPENDS}
        LINK nlohmann_json::nlohmann_json
        LABELS pipeline)
    target_compile_definitions(test_pipeline_${name} PRIVATE FACET_BINARY="$<TARGET_FILE:facet>")
    add_dependencies(test_pipeline_${name} facet)
endfunction()

# facet_benchmark(name SOURCES ... DEPENDS folder... [LINK target...]): one Google Benchmark executable bench_<name>.
function(facet_benchmark name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;LINK")
    if(NOT FACET_BUILD_TESTS)
        return()
    endif()
    add_executable(bench_${name} ${arg_SOURCES})
    list(TRANSFORM arg_DEPENDS PREPEND facet_)
    target_link_libraries(bench_${name} PRIVATE ${arg_DEPENDS} ${arg_LINK} facet_warnings benchmark::benchmark_main)
endfunction()
