from django.urls import path

from . import apply, begin, guide, letters, views

urlpatterns = [
    path("", views.home, name="home"),
    path("registration/", views.registration, name="registration"),
    path("representatives/", views.representatives, name="representatives"),
    path("follow-up/", views.follow_up, name="follow_up"),
    path("follow-up/case/", views.followed, name="followed"),
    path("follow-up/case/leave/", views.leave_followed, name="leave_followed"),
    path("follow-up/case/correct/", views.correct_followed, name="correct_followed"),
    path("follow-up/case/withdraw/", views.withdraw_followed, name="withdraw_followed"),
    path("guide/", guide.contents, name="guide"),
    path("guide/guide.pdf", guide.pdf, name="guide_pdf"),
    path("guide/<slug:code>/", guide.chapter, name="guide_chapter"),
    path("letters/", letters.check_letter, name="check_letter"),
    path("letters/<slug:code>/", letters.checked_letter, name="checked_letter"),
    path("held/<int:pk>/letters/<slug:kind>/<int:event>/", letters.held_letter, name="held_letter"),
    path("apply/<slug:code>/", begin.start, name="apply"),
    path("apply/<slug:code>/workshop/", begin.workshop, name="apply_workshop"),
    path("apply/<slug:code>/scans/", apply.scans, name="apply_scans"),
    path("apply/<slug:code>/scans/<slug:kind>/", apply.scan, name="apply_scan"),
    path("apply/<slug:code>/check/", apply.check, name="apply_check"),
    path("apply/<slug:code>/send/", apply.send_draft, name="apply_send"),
    path("apply/<slug:code>/done/", apply.done, name="apply_done"),
    path("apply/<slug:code>/forget/", apply.forget, name="apply_forget"),
    path("apply/<slug:code>/page/<slug:page_code>/", apply.page, name="apply_page"),
]
