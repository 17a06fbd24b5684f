from django.urls import path

from . import cartable, exporting, inspections, insured, profile, requests

urlpatterns = [
    path("dashboard/", cartable.dashboard, name="dashboard"),
    path("cartable/", cartable.cartable, name="cartable"),
    path("cartable/new/", requests.new, name="new_request"),
    path("cartable/new/<slug:code>/", requests.look_up, name="look_up"),
    path("cartable/<int:pk>/", requests.show, name="request"),
    path("cartable/<int:pk>/edit/", requests.edit, name="edit_request"),
    path("cartable/<int:pk>/refuse/", requests.refuse, name="refuse_request"),
    path("cartable/<int:pk>/withdraw/", requests.withdraw, name="withdraw_request"),
    path("cartable/<int:pk>/archive/", cartable.file_away, name="archive_request"),
    path("cartable/<int:pk>/scans/<slug:kind>/", requests.scan, name="request_scan"),
    path("insured/", insured.insured, name="insured"),
    path("insured/export/", exporting.export, name="export_insured"),
    path("insured/exports/<int:pk>/", exporting.large, name="large_export"),
    path("insured/<int:pk>/", insured.person, name="person"),
    path("insured/<int:pk>/photo/", insured.photo, name="person_photo"),
    path("inspections/", inspections.inspections, name="workshop_inspections"),
    path("inspections/<int:pk>/", inspections.show, name="inspection"),
    path("inspections/<int:pk>/seen/", inspections.seen, name="acknowledge_inspection"),
    path("inspections/<int:pk>/object/", inspections.objection, name="object_to_inspection"),
    path("inspections/<int:pk>/scans/<int:position>/", inspections.scan, name="objection_scan"),
    path("cartable/<int:pk>/letters/<slug:kind>/<int:event>/", requests.letter, name="request_letter"),
    path("profile/", profile.profile, name="profile"),
    path("profile/images/<slug:name>/", profile.image, name="profile_image"),
    path("profile/approvals/<int:pk>/", profile.waiting_image, name="waiting_image"),
    path("profile/approvals/<int:pk>/decide/", profile.decide_image, name="decide_image"),
    path("profile/approvals/<int:pk>/withdraw/", profile.give_up, name="withdraw_asked"),
    path("profile/workshop/", profile.choose_workshop, name="choose_workshop"),
]
