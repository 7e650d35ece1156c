# nbgrader for notebooks in TypeScript: `nbgrader generate_assignment output-sizes` in this folder, `nbgrader autograde output-sizes`.
c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "convolution"

# What stands where a solution was cut out; nbgrader knows of no TypeScript by itself.
c.ClearSolutions.code_stub = {"typescript": 'throw new Error("write your answer here");'}

# A submission that does not end is interrupted, and its later cells run: seconds for one cell.
c.Execute.timeout = 30
# One that prints a lot is graded, too: what it wrote may arrive long after its cell has ended.
c.Execute.iopub_timeout = 60
c.Execute.interrupt_on_timeout = True
c.Execute.error_on_timeout = {
    "ename": "Timeout",
    "evalue": "the cell did not end in time",
    "traceback": ["Timeout: the cell did not end in time"],
}
