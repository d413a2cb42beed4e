from tests.factories.newsletters import *
from tests.factories.children import make_child, make_consent
from portal.programmes.codes import ConsentScope
from portal.newsletters.models import IssueState
from tests.jobs import run_due_jobs
import pathlib

def test_walk(app, editor, signed_in_as):
    make_flip_results(12, 8, 6, 4)
    child = make_child(name_km="ស្រីមុំ សុភក្ត្រា", called="Sreymom")
    make_consent(child, scope=ConsentScope.NEWSLETTER)
    photo = make_photo(child)
    issue = make_issue()
    make_story(issue, photo=photo, text="Voici ស្រីមុំ សុភក្ត្រា qui sourit.", child_id=child.id)
    reader = make_reader()
    me = signed_in_as(reader)
    base = f"/office/newsletters/{issue.public_id}"
    for path in ("/office/figures", "/office/figures/flip.schools_renovated", "/office/figures/meals.served", "/office/figures/children.in_care?format=csv", "/office/photos", "/office/photos/new", f"/office/photos/{photo.public_id}", f"/office/photos/{photo.public_id}/image", "/office/newsletters", "/office/newsletters/new", base, base+"/edit", base+"/remove", base+"/stories/new", f"{base}/stories/{issue.stories[0].public_id}", base+"/preview?view=mail", base+"/preview?view=page", base+"/preview?view=pdf", base+"/preview/mail", base+"/preview/pdf", base+"/send"):
        page = editor.get(path)
        print(path, page.status, page.heading)
        assert page.status == 200, path
        if path.endswith("/preview/pdf"):
            pathlib.Path("/tmp/nl.pdf").write_bytes(page.response.data)
        if path.endswith("preview/mail"):
            pathlib.Path("/tmp/nl.html").write_bytes(page.response.data)
    page = editor.post(base+"/send")
    assert page.status == 302, page.text
    print(run_due_jobs())
    assert issue.state is IssueState.SENT
    for path in ("/me/news", f"/me/news/{issue.public_id}", f"/me/news/{issue.public_id}/pdf", f"/me/news/{issue.public_id}/photos/{issue.stories[0].public_id}", "/me/"):
        page = me.get(path)
        print(path, page.status)
    print(page.text[:300])
